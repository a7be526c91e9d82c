// The way to what belongs to the whole page: settings, keys, trying the API, signing out.
import { dialog } from '../state/dialog.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken({ settings: 'Settings' }, { settings: 'Einstellungen' })

export function Menu() {
  const open = () => {
    dialog.value = 'settings'
  }
  return (
    <button type="button" class="icon" aria-label={words.value.settings} title={words.value.settings} onClick={open}>
      <Glyph name="settings" />
    </button>
  )
}
