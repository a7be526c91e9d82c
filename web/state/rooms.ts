// The rooms of the account: which there are, in which order, and when each is opened.
import { computed, effect, signal, untracked } from '@preact/signals'
import type { RoomState } from '../../client/index.ts'
import { account, refresh, signedOut, ticketFor } from './account.ts'
import { followCrowding, isWaiting } from './crowding.ts'
import { persistently } from './persistently.ts'
import { RoomStore } from './room.ts'
import { route } from './route.ts'

const stores = signal<readonly RoomStore[]>([])

/** Most recent activity first. */
export const rooms = computed(() => [...stores.value].sort((a, b) => b.activeAt.value - a.activeAt.value))

/** The room that is shown. */
export const current = computed(() => stores.value.find(({ id }) => id === route.value.room) ?? null)

/** A new socket for the rooms in the background this often: the one that is looked at comes first, and the server is spared. */
const NEXT_MILLISECONDS = 150

/** From here on the rooms follow the account: the shown one is opened at once, the others one by one. */
export function followAccount(): void {
  effect(() => {
    const { email = '', chats = [] } = account.value ?? {}
    const before = stores.peek()
    const next = chats.map((chat) => {
      const known = before.find((store) => store.id === chat.monitor_hash && store.email === email)
      if (known) known.chat.value = { ...known.chat.peek(), ...chat }
      const ticket = ticketFor(chat.monitor_hash, email)
      return known ?? new RoomStore(chat, email, { url: location.origin, ticket })
    })
    for (const store of before) if (!next.includes(store)) store.close()
    stores.value = next
  })
  effect(() => {
    const room = current.value
    untracked(() => void room?.open())
  })
  addEventListener('pagehide', keepRead)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keepRead() // A phone may end a page that is not seen without another word.
  })
  effect(() => {
    const { message } = route.value
    if (message !== null) current.value?.show(message)
  })
  effect(followEnds)
  followCrowding(stores, current)
  effect(() => {
    stores.value
    if (isWaiting.value) return
    const timer = setInterval(() => {
      const closed = rooms.peek().find(({ isOpen }) => !isOpen)
      if (closed) closed.open()
      else clearInterval(timer)
    }, NEXT_MILLISECONDS)
    return () => clearInterval(timer)
  })
}

/** Rooms whose end is known here already: it is asked about once, whatever else goes on. */
const known = new WeakSet<RoomStore>()
const email = computed(() => account.value?.email)
/** Whoever signs in next does not wait for what the one before was not told. */
const askForRooms = computed(() => {
  const asker = email.value
  return persistently(async () => email.peek() !== asker || refresh())
})

function followEnds(): void {
  const news = stores.value.filter((store) => endOf(store.state.value) !== null && !known.has(store))
  for (const store of news) known.add(store)
  const ends = news.map(({ state }) => endOf(state.peek()))
  untracked(() => {
    if (ends.includes('signed_out')) signedOut('signed_out')
    else if (ends.includes('no_access') || ends.includes('no_chats')) askForRooms.peek()()
  })
}

/** Why the room has ended for good, if it has. */
function endOf(state: RoomState | null): string | null {
  return state?.connection.status === 'ended' ? state.connection.why.code : null
}

function keepRead(): void {
  for (const store of stores.peek()) store.keep()
}
