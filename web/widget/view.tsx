// What a widget shows: a slim head, the room, or one sentence that says why there is none.
import './widget.css'
import type { RoomStore } from '../state/room.ts'
import { language } from '../state/settings.ts'
import { Composer } from '../views/composer.tsx'
import { ConnectionLine } from '../views/connection.tsx'
import { Timeline } from '../views/timeline.tsx'
import { spoken } from '../words/spoken.ts'
import type { Sitting } from './sitting.ts'

const words = spoken(
  {
    label: (title: string) => `Chat: ${title}`,
    untitled: 'Untitled project',
    coming: 'Opening the chat …',
    again: 'It is tried again by itself.',
    out: {
      no_monitor: 'This chat is not set up yet: the page does not say which project it belongs to.',
      no_ticket_given: 'This chat is not set up yet: the page does not say who you are.',
      no_ticket: 'This page could not open the chat for you.',
      ticket_invalid: 'This page could not open the chat for you: the chat does not know its ticket.',
      signed_out: 'Your sign-in has ended. Please reload the page, and sign in again if it asks you to.',
      no_access: 'You are no member of this chat.',
      no_chats: 'You are no member of this chat.',
      origin_refused: 'The chat does not accept this website yet. Whoever runs the chat can allow it.',
      unreachable: 'The chat cannot be reached. Is this device online?',
    } as Readonly<Record<string, string>>,
  },
  {
    label: (title) => `Chat: ${title}`,
    untitled: 'Projekt ohne Titel',
    coming: 'Der Chat wird geöffnet …',
    again: 'Es wird von selbst wieder versucht.',
    out: {
      no_monitor: 'Dieser Chat ist noch nicht eingerichtet: Die Seite sagt nicht, zu welchem Projekt er gehört.',
      no_ticket_given: 'Dieser Chat ist noch nicht eingerichtet: Die Seite sagt nicht, wer Sie sind.',
      no_ticket: 'Diese Seite konnte den Chat nicht für Sie öffnen.',
      ticket_invalid: 'Diese Seite konnte den Chat nicht für Sie öffnen: Der Chat kennt ihr Ticket nicht.',
      signed_out:
        'Ihre Anmeldung ist beendet. Bitte laden Sie die Seite neu, und melden Sie sich an, falls sie danach fragt.',
      no_access: 'Sie sind kein Mitglied dieses Chats.',
      no_chats: 'Sie sind kein Mitglied dieses Chats.',
      origin_refused: 'Der Chat lässt diese Website noch nicht zu. Wer den Chat betreibt, kann sie erlauben.',
      unreachable: 'Der Chat ist nicht erreichbar. Ist dieses Gerät online?',
    },
  },
)

/** `null` where the element lacks something; `lacks` says what. */
export function Widget({ sitting, lacks }: { readonly sitting: Sitting | null; readonly lacks: string }) {
  const stage = sitting?.stage.value ?? { is: 'out' as const, code: lacks, retries: false }
  const said = words.value
  switch (stage.is) {
    case 'coming':
      return <Notice sentences={[said.coming]} />
    case 'out':
      return (
        <Notice
          sentences={[said.out[stage.code] ?? said.out['no_ticket'] ?? '', ...(stage.retries ? [said.again] : [])]}
        />
      )
    case 'open':
      return <OpenRoom store={stage.store} />
  }
}

function Notice({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <section class="widget" lang={language.value} aria-label="Chat">
      <div class="widget-notice" role="status">
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    </section>
  )
}

function OpenRoom({ store }: { readonly store: RoomStore }) {
  const { title, organization_name: organization } = store.chat.value
  const name = title || words.value.untitled
  const isKnown = store.timeline?.room !== undefined && store.timeline.room !== null
  return (
    <section class="widget" lang={language.value} aria-label={words.value.label(name)}>
      <header>
        {isKnown && <h2 dir="auto">{name}</h2>}
        {organization && (
          <p class="quiet small" dir="auto">
            {organization}
          </p>
        )}
      </header>
      <ConnectionLine store={store} />
      <Timeline store={store} />
      <Composer store={store} />
    </section>
  )
}
