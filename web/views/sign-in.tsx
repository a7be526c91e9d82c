// Signing in: email, password, and optionally one monitor. Says what is wrong, and how long to wait.
import './sign-in.css'
import { useRef, useState } from 'preact/hooks'
import { AdmissionRefused } from '../../client/index.ts'
import { refresh, signedOutBecause, signIn } from '../state/account.ts'
import { go } from '../state/route.ts'
import { counted, spoken } from '../words/spoken.ts'
import { LanguageChoice } from './language.tsx'
import { useSecondsUntil } from './seconds.ts'

const words = spoken(
  {
    heading: 'Talk with your project’s team',
    lead: 'Sign in with your Propromo account. Your chats open as you left them.',
    email: 'Email',
    password: 'Password',
    monitor: 'Monitor id',
    optional: 'optional',
    monitorHint: 'Only to go straight to one project: its id, or the whole join link.',
    signIn: 'Sign in',
    signingIn: 'Signing in …',
    developers: 'Write a client: the API',
    signedOut: 'Your sign-in has ended. Please sign in again; what you had written is kept.',
    refusals: {
      missing_credentials: 'Please enter your email and your password.',
      wrong_credentials: 'The email or the password is wrong.',
      no_access: 'There is no chat with this id that belongs to this account.',
      no_chats: 'This account follows no monitor yet, so there is no chat to open.',
      too_many_attempts: 'Too many tries.',
      logins_busy: 'Too many people are signing in at this moment.',
      accounts_unavailable: 'The accounts cannot be reached at the moment.',
      store_unavailable: 'The messages cannot be reached at the moment.',
      unreachable: 'The chat cannot be reached. Is this device online?',
    } as Readonly<Record<string, string>>,
    wait: (seconds: number) =>
      seconds >= 120
        ? `You can try again in ${counted(Math.ceil(seconds / 60), 'minute', 'minutes')}.`
        : `You can try again in ${counted(seconds, 'second', 'seconds')}.`,
  },
  {
    heading: 'Sprechen Sie mit dem Team Ihres Projekts',
    lead: 'Melden Sie sich mit Ihrem Propromo-Konto an. Ihre Chats öffnen sich so, wie Sie sie verlassen haben.',
    email: 'E-Mail',
    password: 'Passwort',
    monitor: 'Monitor-ID',
    optional: 'freiwillig',
    monitorHint: 'Nur um gleich zu einem Projekt zu gelangen: seine ID oder der ganze Einladungslink.',
    signIn: 'Anmelden',
    signingIn: 'Anmeldung läuft …',
    developers: 'Einen Client schreiben: die API',
    signedOut: 'Ihre Anmeldung ist beendet. Bitte melden Sie sich neu an; was Sie geschrieben hatten, ist noch da.',
    refusals: {
      missing_credentials: 'Bitte geben Sie E-Mail und Passwort ein.',
      wrong_credentials: 'E-Mail oder Passwort ist falsch.',
      no_access: 'Es gibt keinen Chat mit dieser ID, der zu diesem Konto gehört.',
      no_chats: 'Dieses Konto folgt noch keinem Monitor, daher gibt es keinen Chat.',
      too_many_attempts: 'Zu viele Versuche.',
      logins_busy: 'Gerade melden sich zu viele auf einmal an.',
      accounts_unavailable: 'Die Konten sind gerade nicht erreichbar.',
      store_unavailable: 'Die Nachrichten sind gerade nicht erreichbar.',
      unreachable: 'Der Chat ist nicht erreichbar. Ist dieses Gerät online?',
    },
    wait: (seconds) =>
      seconds >= 120
        ? `In ${counted(Math.ceil(seconds / 60), 'Minute', 'Minuten')} können Sie es wieder versuchen.`
        : `In ${counted(seconds, 'Sekunde', 'Sekunden')} können Sie es wieder versuchen.`,
  },
)

interface Failed {
  readonly code: string
  readonly message: string
  /** Milliseconds since 1970. */
  readonly until: number
}

export function SignIn({ monitor }: { readonly monitor: string }) {
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<Failed | null>(null)
  const seconds = useSecondsUntil(failed?.until ?? 0)
  const alert = useRef<HTMLDivElement>(null)
  const said = words.value

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const [email, password, wanted] = ['email', 'password', 'monitor_id'].map((name) => String(fields.get(name) ?? ''))
    setBusy(true)
    try {
      const { chats } = await signIn(email?.trim() ?? '', password ?? '', wanted?.trim() ?? '')
      const [only] = chats
      if (only && chats.length === 1) go({ room: only.monitor_hash }, { replace: true })
      await refresh() // A sign-in for one monitor is still one for all of them.
    } catch (error) {
      if (!(error instanceof AdmissionRefused)) throw error
      const { code, message, retryAfterSeconds = 0 } = error
      setFailed({ code, message, until: Date.now() + retryAfterSeconds * 1000 })
      setBusy(false)
      alert.current?.focus()
    }
  }

  return (
    <main class="sign-in">
      <header>
        <p class="brand">Propromo Chat</p>
        <LanguageChoice />
      </header>
      <h1>{said.heading}</h1>
      <p class="lead">{said.lead}</p>
      <form class="sign-in-form" onSubmit={submit}>
        <div ref={alert} role="alert" tabIndex={-1} class={failed || signedOutBecause.value ? 'refusal' : ''}>
          {failed ? (
            <>
              <p>{said.refusals[failed.code] ?? failed.message}</p>
              {seconds > 0 && <p>{said.wait(seconds)}</p>}
            </>
          ) : (
            signedOutBecause.value && <p>{said.signedOut}</p>
          )}
        </div>
        <label for="email">{said.email}</label>
        <input id="email" name="email" type="email" autocomplete="username" required />
        <label for="password">{said.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <label for="monitor_id">
          {said.monitor} <span class="quiet">({said.optional})</span>
        </label>
        <input
          id="monitor_id"
          name="monitor_id"
          defaultValue={monitor}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="monitor_hint"
        />
        <p id="monitor_hint" class="quiet small">
          {said.monitorHint}
        </p>
        <button type="submit" disabled={busy || seconds > 0}>
          {busy ? said.signingIn : said.signIn}
        </button>
      </form>
      <footer>
        <a href="/docs">{said.developers}</a>
      </footer>
    </main>
  )
}
