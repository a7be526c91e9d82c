// Where one is signed in, with a way to end each: for the phone that was lost, and the machine that was not one's own.
import { useEffect, useRef, useState } from 'preact/hooks'
import { AdmissionRefused, endSignIn, type ListedSignIn, listSignIns } from '../../client/index.ts'
import { spoken } from '../words/spoken.ts'
import { longDate } from '../words/time.ts'

const words = spoken(
  {
    title: 'Where you are signed in',
    here: 'this device',
    unknown: 'Unknown device',
    used: 'last used on',
    end: 'Sign out there',
    failed: 'The chat cannot be reached. Try again.',
  },
  {
    title: 'Wo Sie angemeldet sind',
    here: 'dieses Gerät',
    unknown: 'Unbekanntes Gerät',
    used: 'zuletzt benutzt am',
    end: 'Dort abmelden',
    failed: 'Der Chat ist nicht erreichbar. Versuchen Sie es noch einmal.',
  },
)
const url = location.origin

export function SignIns() {
  const [listed, setListed] = useState<readonly ListedSignIn[]>([])
  const [failed, setFailed] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const said = words.value

  async function look(before?: () => Promise<void>): Promise<void> {
    try {
      await before?.()
      setListed(await listSignIns({ url }))
      setFailed(false)
      if (before) heading.current?.focus() // The button that was pressed is gone.
    } catch (error) {
      if (!(error instanceof AdmissionRefused)) throw error
      setFailed(true)
    }
  }
  useEffect(() => {
    look()
  }, [])

  return (
    <section>
      <h3 ref={heading} tabIndex={-1}>
        {said.title}
      </h3>
      <ul class="sign-ins">
        {listed.map(({ id, device, address, lastUsedAt, current }) => (
          <li key={id}>
            <span id={`sign-in-${id}`}>
              {device ?? said.unknown}
              <span class="quiet small">
                {' '}
                {current ? said.here : `${said.used} ${longDate(lastUsedAt)}`}
                {address && ` · ${address}`}
              </span>
            </span>
            {!current && (
              <button
                type="button"
                class="second"
                aria-describedby={`sign-in-${id}`}
                onClick={() => look(() => endSignIn({ url, id }))}
              >
                {said.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      <p role="alert" class="alarm">
        {failed && said.failed}
      </p>
    </section>
  )
}
