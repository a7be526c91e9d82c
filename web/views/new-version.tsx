// Says quietly that there is a newer version of the page; what one has written outlives the reload.
import './new-version.css'
import { isNewReady } from '../state/worker.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  { ready: 'A new version is ready.', reload: 'Reload', later: 'Later' },
  { ready: 'Eine neue Version ist da.', reload: 'Neu laden', later: 'Später' },
)

export function NewVersion() {
  const said = words.value
  const later = () => {
    isNewReady.value = false
  }
  return (
    <div class="new-version" role="status" hidden={!isNewReady.value}>
      {isNewReady.value && (
        <>
          <span>{said.ready}</span>
          <button type="button" class="plain" onClick={() => location.reload()}>
            {said.reload}
          </button>
          <button type="button" class="icon" aria-label={said.later} title={said.later} onClick={later}>
            <Glyph name="close" />
          </button>
        </>
      )}
    </div>
  )
}
