// What stands over the page until it is closed: settings, keys, trying the API. What is inside is loaded when it is wanted.
import './dialog.css'
import type { ComponentType } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type DialogName, dialog } from '../state/dialog.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    headings: { settings: 'Settings', keys: 'Keyboard', developer: 'Try the API' } as Record<DialogName, string>,
    close: 'Close',
    failed: 'This could not be loaded. Is this device online?',
    again: 'Try again',
  },
  {
    headings: { settings: 'Einstellungen', keys: 'Tastatur', developer: 'Die API ausprobieren' },
    close: 'Schließen',
    failed: 'Das ließ sich nicht laden. Ist dieses Gerät online?',
    again: 'Noch einmal versuchen',
  },
)

const CONTENTS: Readonly<Record<DialogName, () => Promise<ComponentType>>> = {
  settings: async () => (await import('./settings-dialog.tsx')).SettingsDialog,
  keys: async () => (await import('./keys-dialog.tsx')).KeysDialog,
  developer: async () => (await import('./developer-dialog.tsx')).DeveloperDialog,
}

export function Dialogs() {
  const name = dialog.value
  return name === null ? null : <Frame name={name} />
}

/** Opens before the next key is pressed. The browser keeps the focus inside, closes it with Escape, and gives the focus back to where it was. */
function Frame({ name }: { readonly name: DialogName }) {
  const frame = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  useLayoutEffect(() => frame.current?.showModal(), [])
  useLayoutEffect(() => heading.current?.focus(), [name])
  const close = () => frame.current?.close()
  return (
    <dialog
      ref={frame}
      class="dialog"
      closedby="any"
      aria-labelledby={id}
      onClose={() => {
        dialog.value = null
      }}
    >
      <div class="dialog-inside">
        <header>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {words.value.headings[name]}
          </h2>
          <button type="button" class="icon" aria-label={words.value.close} title={words.value.close} onClick={close}>
            <Glyph name="close" />
          </button>
        </header>
        <Content key={name} name={name} />
      </div>
    </dialog>
  )
}

function Content({ name }: { readonly name: DialogName }) {
  const [Inside, setInside] = useState<ComponentType | null>(null)
  const [attempt, setAttempt] = useState(0)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    setFailed(false)
    CONTENTS[name]().then(
      (loaded) => setInside(() => loaded),
      () => setFailed(true),
    )
  }, [attempt])
  if (Inside) return <Inside />
  return (
    <div class="dialog-waiting" role="status">
      {failed && (
        <>
          <p>{words.value.failed}</p>
          <button type="button" class="second" onClick={() => setAttempt(attempt + 1)}>
            {words.value.again}
          </button>
        </>
      )}
    </div>
  )
}
