// The rooms: found by name, gone through with the keyboard, the one that is shown always in sight.
import './rooms.css'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { wordsOf } from '../../protocol/words.ts'
import { isCrowded } from '../state/crowding.ts'
import { finding } from '../state/dialog.ts'
import type { RoomStore } from '../state/room.ts'
import { rooms } from '../state/rooms.ts'
import { go, route } from '../state/route.ts'
import { spoken } from '../words/spoken.ts'
import { Menu } from './menu.tsx'
import { NotificationOffer } from './notification-offer.tsx'
import { RoomItem } from './room-item.tsx'

const words = spoken(
  {
    heading: 'Chats',
    filter: 'Find a chat',
    crowded: 'There are too many connections at the moment, so not all chats are live here.',
    none: 'No chat is called that.',
    noRooms: 'You follow no monitor yet. Open a join link of Propromo, and its chat appears here.',
  },
  {
    heading: 'Chats',
    filter: 'Chat suchen',
    crowded: 'Es gibt gerade zu viele Verbindungen, deshalb sind hier nicht alle Chats live.',
    none: 'Kein Chat heißt so.',
    noRooms:
      'Sie folgen noch keinem Monitor. Öffnen Sie einen Einladungslink von Propromo, dann erscheint sein Chat hier.',
  },
)

export function RoomList() {
  const [filter, setFilter] = useState('')
  const said = words.value
  const shown = rooms.value.filter((store) => matches(store, filter))
  const openFirst = (event: SubmitEvent) => {
    event.preventDefault()
    const [first] = shown
    if (!first) return
    setFilter('')
    go({ room: first.id })
  }
  return (
    <nav class="rooms" aria-label={said.heading}>
      <header>
        <h2>{said.heading}</h2>
        <Menu />
      </header>
      <form class="rooms-filter" onSubmit={openFirst}>
        <input
          ref={useFinding()}
          type="search"
          placeholder={said.filter}
          aria-label={said.filter}
          autocomplete="off"
          enterkeyhint="go"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
      </form>
      <NotificationOffer />
      <p class="rooms-crowded quiet small" role="status" hidden={!isCrowded.value}>
        {isCrowded.value && said.crowded}
      </p>
      <ul ref={useCurrentInSight()}>
        {shown.map((store) => (
          <RoomItem key={store.id} store={store} />
        ))}
      </ul>
      {shown.length === 0 && <p class="rooms-none quiet">{rooms.value.length === 0 ? said.noRooms : said.none}</p>}
    </nav>
  )
}

/** The field gets the cursor when somebody wants to find a chat; what covers the list goes. */
function useFinding() {
  const field = useRef<HTMLInputElement>(null)
  const wanted = finding.value
  const before = useRef(wanted)
  const take = () => {
    field.current?.focus()
    field.current?.select()
  }
  useLayoutEffect(() => {
    if (wanted === before.current) return
    before.current = wanted
    if (isInSight(field.current)) return take()
    go({ panel: null })
    // The views follow the address with the next paint.
    setTimeout(() => {
      if (!isInSight(field.current)) go({ room: null })
      setTimeout(take)
    })
  }, [wanted])
  return field
}

function useCurrentInSight() {
  const list = useRef<HTMLUListElement>(null)
  const { room } = route.value
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [room])
  return list
}

function isInSight(element: HTMLElement | null): boolean {
  return element !== null && element.getClientRects().length > 0
}

function matches(store: RoomStore, filter: string): boolean {
  const { title, organization_name: organization } = store.chat.value
  const all = wordsOf(`${title ?? ''} ${organization ?? ''}`)
  return wordsOf(filter).every((word) => all.some((other) => other.startsWith(word)))
}
