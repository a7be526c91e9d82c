// What a room is about: the project as Propromo knows it, the link to the chat, and what one wants to be told of it.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { exportAddress } from '../../client/index.ts'
import type { RoomStore } from '../state/room.ts'
import { choose, type Notify, notifyIn, settings } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'
import { longDate } from '../words/time.ts'
import { CopyButton } from './copy-button.tsx'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    untitled: 'Untitled project',
    organization: 'Organisation',
    visibility: 'Visibility',
    public: 'Public project',
    private: 'Private project',
    type: 'Belongs to',
    types: { ORGANIZATION: 'an organisation', USER: 'a person' } as Readonly<Record<string, string>>,
    since: 'Monitored since',
    open: 'Open the project',
    copy: 'Copy a link to this chat',
    save: 'Save the whole chat',
    saveHint: 'A page to read and print, or lines for programs. Only you as the owner can save it.',
    forPeople: 'As a page',
    forPrograms: 'As JSON Lines',
    notify: 'Notify me of',
    levels: { all: 'All messages', mentions: 'Messages that mention me', none: 'Nothing' } as Record<Notify, string>,
  },
  {
    untitled: 'Projekt ohne Titel',
    organization: 'Organisation',
    visibility: 'Sichtbarkeit',
    public: 'Öffentliches Projekt',
    private: 'Privates Projekt',
    type: 'Gehört',
    types: { ORGANIZATION: 'einer Organisation', USER: 'einer Person' },
    since: 'Beobachtet seit',
    open: 'Projekt öffnen',
    copy: 'Link zu diesem Chat kopieren',
    save: 'Den ganzen Chat speichern',
    saveHint:
      'Als Seite zum Lesen und Drucken oder als Zeilen für Programme. Nur Sie als Eigentümer können ihn speichern.',
    forPeople: 'Als Seite',
    forPrograms: 'Als JSON-Zeilen',
    notify: 'Benachrichtigen über',
    levels: { all: 'Alle Nachrichten', mentions: 'Nachrichten, die mich erwähnen', none: 'Nichts' },
  },
)

const LEVELS: readonly Notify[] = ['all', 'mentions', 'none']

export function ProjectPanel({ store }: { readonly store: RoomStore }) {
  const chat = store.chat.value
  const said = words.value
  const level = useId()
  const since = Date.parse(chat.created_at ?? '')
  const link = webAddress(chat.project_url)
  return (
    <div class="project">
      <h3 dir="auto">{chat.title || said.untitled}</h3>
      {chat.short_description && <p dir="auto">{chat.short_description}</p>}
      <dl>
        {chat.organization_name && <Fact name={said.organization}>{chat.organization_name}</Fact>}
        {said.types[chat.type] && <Fact name={said.type}>{said.types[chat.type]}</Fact>}
        {chat.public !== null && <Fact name={said.visibility}>{chat.public ? said.public : said.private}</Fact>}
        {since > 0 && <Fact name={said.since}>{longDate(since)}</Fact>}
      </dl>
      <div class="project-acts">
        {link && (
          <a class="button second" href={link.href} target="_blank" rel="noopener noreferrer">
            <Glyph name="link" />
            <span>
              {said.open} <span class="quiet small">{link.host}</span>
            </span>
          </a>
        )}
        <CopyButton text={linkTo(store.id)} label={said.copy} />
      </div>
      <label for={level}>{said.notify}</label>
      <select
        id={level}
        value={notifyIn(store.id)}
        onChange={({ currentTarget }) => {
          const chosen = LEVELS.find((name) => name === currentTarget.value) ?? 'all'
          choose({ notify: { ...settings.value.notify, [store.id]: chosen } })
        }}
      >
        {LEVELS.map((name) => (
          <option key={name} value={name}>
            {said.levels[name]}
          </option>
        ))}
      </select>
      {isOwner(store) && (
        <section aria-label={said.save}>
          <p>{said.save}</p>
          <p class="quiet small">{said.saveHint}</p>
          <div class="project-acts">
            <a class="button second" href={exportAddress({ url: '', room: store.id, format: 'html' })} download="">
              {said.forPeople}
            </a>
            <a class="button second" href={exportAddress({ url: '', room: store.id, format: 'jsonl' })} download="">
              {said.forPrograms}
            </a>
          </div>
        </section>
      )}
    </div>
  )
}

function isOwner(store: RoomStore): boolean {
  return (store.timeline?.members ?? []).some(({ email, owner }) => owner && email === store.email)
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt class="quiet small">{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  )
}

/** Anything else than a page of the web could do something where it stands. */
function webAddress(text: string | null): URL | null {
  if (text === null || !/^https?:\/\//i.test(text)) return null
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Whoever opens it gets to the chat, after signing in if they have to. */
function linkTo(room: string): string {
  return `${location.origin}/?monitor=${encodeURIComponent(room)}`
}
