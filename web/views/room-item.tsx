// One room in the list: what it is about, what was said last or is going on, what is unread, and who is there.
import type { ComponentChildren } from 'preact'
import { draftIn } from '../state/drafts.ts'
import type { RoomStore } from '../state/room.ts'
import { addressOf, go, route } from '../state/route.ts'
import { isolated, plainOf, shortened } from '../text/plain.ts'
import { counted, number, spoken } from '../words/spoken.ts'
import { moment, shortly } from '../words/time.ts'
import { Avatar } from './avatar.tsx'
import { useElapsed } from './elapsed.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    untitled: 'Untitled project',
    deleted: 'Message deleted',
    nothing: 'Nothing was said yet',
    you: 'You',
    unread: (count: number, atLeast: boolean) =>
      `${atLeast ? 'at least ' : ''}${counted(count, 'unread message', 'unread messages')}`,
    online: (count: number) => `${number(count)} online`,
    typing: (names: readonly string[]) =>
      names.length > 2
        ? 'Several people are typing …'
        : `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing …`,
    draft: 'Draft:',
    offline: (since: string) => `Offline since ${since}`,
    ended: 'No longer connected',
  },
  {
    untitled: 'Projekt ohne Titel',
    deleted: 'Nachricht gelöscht',
    nothing: 'Noch wurde nichts gesagt',
    you: 'Sie',
    unread: (count, atLeast) =>
      `${atLeast ? 'mindestens ' : ''}${counted(count, 'ungelesene Nachricht', 'ungelesene Nachrichten')}`,
    online: (count) => `${number(count)} online`,
    typing: (names) =>
      names.length > 2
        ? 'Mehrere schreiben gerade …'
        : `${names.join(' und ')} ${names.length === 1 ? 'schreibt' : 'schreiben'} gerade …`,
    draft: 'Entwurf:',
    offline: (since) => `Offline seit ${since}`,
    ended: 'Nicht mehr verbunden',
  },
)

const LINE_LENGTH = 120
/** Only trouble that lasts is worth a sign beside every room. */
const LASTING_MILLISECONDS = 10_000

export function RoomItem({ store }: { readonly store: RoomStore }) {
  const { title } = store.chat.value
  const said = words.value
  const { count, more: atLeast } = store.unread.value
  const last = store.last.value
  const online = store.timeline?.members.filter((member) => member.online && member.email !== store.email).length ?? 0
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // Another tab, if that is what they want.
    event.preventDefault()
    go({ room: store.id })
  }
  return (
    <li>
      <a
        href={addressOf({ room: store.id, panel: null, message: null })}
        class="rooms-item"
        aria-current={route.value.room === store.id ? 'page' : undefined}
        data-unread={count > 0}
        onClick={open}
      >
        <Avatar name={title ?? '?'} seed={store.id} online={online > 0} square />
        <span class="rooms-title" dir="auto">
          {title || said.untitled}
        </span>
        <span class="rooms-time quiet small">{last && shortly(last.at)}</span>
        <span class="rooms-last quiet small" dir="auto">
          <Trouble store={store} />
          {lineOf(store)}
        </span>
        {count > 0 && (
          <span class="rooms-unread">
            <span aria-hidden="true">
              {number(count)}
              {atLeast && '+'}
            </span>
            <span class="visually-hidden">{said.unread(count, atLeast)}</span>
          </span>
        )}
        {online > 0 && <span class="visually-hidden">{said.online(online)}</span>}
      </a>
    </li>
  )
}

/** What goes on now comes before what was said last. */
function lineOf(store: RoomStore): ComponentChildren {
  const said = words.value
  const typing = store.timeline?.typing ?? []
  if (typing.length > 0)
    return <span class="rooms-typing">{said.typing(typing.map((by) => firstName(store, by)))}</span>
  const draft = route.value.room === store.id ? '' : plainOf(draftIn(store.email, store.id).value)
  if (draft !== '') {
    return (
      <>
        <span class="rooms-draft">{said.draft}</span> {shortened(draft, LINE_LENGTH)}
      </>
    )
  }
  const last = store.last.value
  if (last) {
    const who = last.by === store.email ? said.you : firstName(store, last.by)
    return `${who}: ${last.deleted ? said.deleted : shortened(plainOf(last.text), LINE_LENGTH)}`
  }
  const isKnown = Boolean(store.timeline?.cursor)
  if (!isKnown && store.offlineSince.value === null) return <span class="rooms-coming" />
  return store.chat.value.organization_name ?? (isKnown && said.nothing)
}

function Trouble({ store }: { readonly store: RoomStore }) {
  const since = store.offlineSince.value
  const lasts = useElapsed(since, LASTING_MILLISECONDS)
  const isOver = store.state.value?.connection.status === 'ended'
  if (!isOver && (!lasts || since === null)) return null
  const text = isOver || since === null ? words.value.ended : words.value.offline(moment(since))
  return (
    <span class="rooms-trouble" title={text}>
      <Glyph name={isOver ? 'alarm' : 'clock'} />
      <span class="visually-hidden">{text}. </span>
    </span>
  )
}

function firstName(store: RoomStore, email: string): string {
  return isolated(shortened(store.nameOf(email).split(' ')[0] ?? '', 40))
}
