// Shortcuts of one key without another held can be turned off: who speaks to a device presses many (WCAG 2.1.4).
import { choose, settings } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'

const words = spoken(
  {
    label: 'Single keys as shortcuts: / and ?',
    hint: 'Without this they do nothing, which helps if you speak to this device, or press keys by mistake.',
  },
  {
    label: 'Einzelne Tasten als Kürzel: / und ?',
    hint: 'Ohne diese Einstellung tun sie nichts. Das hilft, wenn Sie mit dem Gerät sprechen oder versehentlich Tasten drücken.',
  },
)

export function SingleKeys() {
  const said = words.value
  return (
    <>
      <label class="choice">
        <input
          type="checkbox"
          checked={settings.value.singleKeys}
          aria-describedby="single-keys-hint"
          onChange={({ currentTarget }) => choose({ singleKeys: currentTarget.checked })}
        />
        <span>{said.label}</span>
      </label>
      <p id="single-keys-hint" class="quiet small">
        {said.hint}
      </p>
    </>
  )
}
