// For whoever wants to try the API: a ticket of their own, and the lines that open their rooms with it.
import { useState } from 'preact/hooks'
import { AdmissionRefused } from '../../client/index.ts'
import { account, admission, freshTicket } from '../state/account.ts'
import { spoken } from '../words/spoken.ts'
import { CopyButton } from './copy-button.tsx'
import { useSecondsUntil } from './seconds.ts'

const words = spoken(
  {
    lead: 'A ticket opens each of your chats once, within five minutes. A chat that is open stays open.',
    secret: 'Whoever has it can read and write as you. Show it to nobody.',
    show: 'Show a ticket',
    hide: 'Hide the ticket',
    fresh: 'Fresh ticket',
    ticket: 'Ticket',
    left: (time: string) => `Good for another ${time}`,
    over: 'This ticket is too old.',
    failed: 'No ticket came. Is this device online?',
    wait: (seconds: number) => `No more tickets at the moment: try again in ${seconds} s.`,
    logIn: 'A ticket with email and password',
    rooms: 'Open a chat',
    once: 'Every line works once with the same ticket. What you type is said; what others say appears.',
    untitled: 'Untitled project',
    copy: (what: string) => `Copy: ${what}`,
    placeholder: 'ticket',
    password: 'password',
    docs: 'Documentation of the API',
  },
  {
    lead: 'Ein Ticket öffnet jeden Ihrer Chats einmal, innerhalb von fünf Minuten. Ein geöffneter Chat bleibt offen.',
    secret: 'Wer es hat, kann in Ihrem Namen lesen und schreiben. Zeigen Sie es niemandem.',
    show: 'Ein Ticket zeigen',
    hide: 'Ticket verbergen',
    fresh: 'Frisches Ticket',
    ticket: 'Ticket',
    left: (time) => `Noch ${time} gültig`,
    over: 'Dieses Ticket ist zu alt.',
    failed: 'Es kam kein Ticket. Ist dieses Gerät online?',
    wait: (seconds) => `Im Moment gibt es keine weiteren Tickets: Versuchen Sie es in ${seconds} s wieder.`,
    logIn: 'Ein Ticket mit E-Mail und Passwort',
    rooms: 'Einen Chat öffnen',
    once: 'Jede Zeile funktioniert mit demselben Ticket einmal. Was Sie tippen, wird gesagt; was andere sagen, erscheint.',
    untitled: 'Projekt ohne Titel',
    copy: (what) => `Kopieren: ${what}`,
    placeholder: 'Ticket',
    password: 'Passwort',
    docs: 'Dokumentation der API',
  },
)

export function DeveloperDialog() {
  const [shown, setShown] = useState(false)
  const [refused, setRefused] = useState<AdmissionRefused | null>(null)
  const { ticket = '', expiresAt = 0 } = (shown && admission.value) || {}
  const seconds = useSecondsUntil(expiresAt)
  const said = words.value

  async function renew(): Promise<void> {
    setRefused(null)
    try {
      await freshTicket()
      setShown(true)
    } catch (error) {
      if (!(error instanceof AdmissionRefused)) throw error
      setRefused(error)
    }
  }
  const told = ticket === '' || seconds === 0 ? `<${said.placeholder}>` : ticket
  return (
    <div class="developer">
      <p>{said.lead}</p>
      <p class="settings-more">
        <button type="button" onClick={renew}>
          {shown ? said.fresh : said.show}
        </button>
        {shown && (
          <button type="button" class="second" onClick={() => setShown(false)}>
            {said.hide}
          </button>
        )}
      </p>
      <p role="alert" class="alarm">
        {refused && (refused.retryAfterSeconds ? said.wait(refused.retryAfterSeconds) : said.failed)}
      </p>
      {ticket !== '' && (
        <>
          <p class="quiet small">{said.secret}</p>
          <Line text={ticket} name={said.ticket} />
          <p class={seconds > 0 ? 'quiet small' : 'alarm small'} role="timer">
            {seconds > 0 ? said.left(minutes(seconds)) : said.over}
          </p>
        </>
      )}
      <h3>{said.rooms}</h3>
      <p class="quiet small">{said.once}</p>
      {(account.value?.chats ?? []).map(({ monitor_hash: room, title }) => (
        <section key={room}>
          <h4 dir="auto">{title || said.untitled}</h4>
          <Line text={`npx wscat -c '${addressOf(room, told)}'`} name={`wscat, ${title || said.untitled}`} />
        </section>
      ))}
      <h3>{said.logIn}</h3>
      <Line
        text={`curl -s ${location.origin}/login --data-urlencode ${quoted(`email=${account.value?.email ?? ''}`)} --data-urlencode 'password=<${said.password}>'`}
        name="curl"
      />
      <p>
        <a href="/docs">{said.docs}</a>
      </p>
    </div>
  )
}

function Line({ text, name }: { readonly text: string; readonly name: string }) {
  return (
    <div class="line">
      <code>{text}</code>
      <CopyButton text={text} label={words.value.copy(name)} small />
    </div>
  )
}

function addressOf(room: string, ticket: string): string {
  const origin = location.origin.replace(/^http/, 'ws')
  return `${origin}/chat/${encodeURIComponent(room).replaceAll("'", '%27')}?auth=${ticket}`
}

/** For a shell, whatever an email may hold. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** `4:05`. */
function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
