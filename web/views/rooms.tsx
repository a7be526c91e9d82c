// The rooms: what each is about, what was said last, what is unread, and who is there.
import './rooms.css'
import { useState } from 'preact/hooks'
import { wordsOf } from '../../protocol/words.ts'
import type { RoomStore } from '../state/room.ts'
import { rooms } from '../state/rooms.ts'
import { addressOf, go, route } from '../state/route.ts'
import { counted, number, spoken } from '../words/spoken.ts'
import { shortly } from '../words/time.ts'
import { Avatar } from './avatar.tsx'
import { Menu } from './menu.tsx'

const words = spoken(
  {
    heading: 'Chats',
    filter: 'Find a chat',
    none: 'No chat is called that.',
    noRooms: 'You follow no monitor yet. Open a join link of Propromo, and its chat appears here.',
    untitled: 'Untitled project',
    deleted: 'Message deleted',
    nothing: 'Nothing was said yet',
    you: 'You',
    unread: (count: number, atLeast: boolean) =>
      `${atLeast ? 'at least ' : ''}${counted(count, 'unread message', 'unread messages')}`,
    online: (count: number) => `${number(count)} online`,
  },
  {
    heading: 'Chats',
    filter: 'Chat suchen',
    none: 'Kein Chat heißt so.',
    noRooms:
      'Sie folgen noch keinem Monitor. Öffnen Sie einen Einladungslink von Propromo, dann erscheint sein Chat hier.',
    untitled: 'Projekt ohne Titel',
    deleted: 'Nachricht gelöscht',
    nothing: 'Noch wurde nichts gesagt',
    you: 'Sie',
    unread: (count, atLeast) =>
      `${atLeast ? 'mindestens ' : ''}${counted(count, 'ungelesene Nachricht', 'ungelesene Nachrichten')}`,
    online: (count) => `${number(count)} online`,
  },
)

export function RoomList() {
  const [filter, setFilter] = useState('')
  const said = words.value
  const shown = rooms.value.filter((store) => matches(store, filter))
  return (
    <nav class="rooms" aria-label={said.heading}>
      <header>
        <h2>{said.heading}</h2>
        <Menu />
      </header>
      <input
        type="search"
        class="rooms-filter"
        placeholder={said.filter}
        aria-label={said.filter}
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      <ul>
        {shown.map((store) => (
          <RoomItem key={store.id} store={store} />
        ))}
      </ul>
      {shown.length === 0 && <p class="rooms-none quiet">{rooms.value.length === 0 ? said.noRooms : said.none}</p>}
    </nav>
  )
}

function RoomItem({ store }: { readonly store: RoomStore }) {
  const said = words.value
  const { title, organization_name: organization } = store.chat.value
  const { count, atLeast } = store.unread.value
  const last = store.last.value
  const members = store.timeline?.members ?? []
  const online = members.filter((member) => member.online && member.email !== store.email).length
  const isCurrent = route.value.room === store.id
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
        aria-current={isCurrent ? 'page' : undefined}
        onClick={open}
      >
        <Avatar name={title ?? '?'} seed={store.id} online={online > 0} square />
        <span class="rooms-title" dir="auto">
          {title || said.untitled}
        </span>
        <span class="rooms-time quiet small">{last && shortly(last.at, Date.now())}</span>
        <span class="rooms-last quiet small" dir="auto">
          {last ? lastLine(store, last) : (organization ?? said.nothing)}
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

function lastLine(store: RoomStore, last: NonNullable<RoomStore['last']['value']>): string {
  const text = last.deleted ? words.value.deleted : last.text.slice(0, 200)
  const who = last.by === store.email ? words.value.you : store.nameOf(last.by).split(' ')[0]
  return `${who}: ${text}`
}

function matches(store: RoomStore, filter: string): boolean {
  const { title, organization_name: organization } = store.chat.value
  const all = wordsOf(`${title ?? ''} ${organization ?? ''}`)
  return wordsOf(filter).every((word) => all.some((other) => other.startsWith(word)))
}
