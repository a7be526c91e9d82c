// Tells of what others say where nobody looks: a notification and, if wished, a tone.
import { computed, effect, signal } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'
import type { Cursor, Message } from '../../protocol/event.ts'
import { isolated, plainOf, shortened } from '../text/plain.ts'
import { spoken } from '../words/spoken.ts'
import { talked } from './permission.ts'
import type { RoomStore } from './room.ts'
import { current, rooms } from './rooms.ts'
import { go } from './route.ts'
import { notifyIn, settings } from './settings.ts'
import { chime } from './sound.ts'
import { isMineToTell, joinTabs } from './tabs.ts'
import { saidSince } from './unread.ts'

const words = spoken(
  { more: (text: string, count: number) => `${text} (${count} new messages)` },
  { more: (text, count) => `${text} (${count} neue Nachrichten)` },
)

const BODY_LENGTH = 160

const isVisible = signal(document.visibilityState === 'visible')
const shown = computed(() => (isVisible.value ? (current.value?.id ?? null) : null))

/** From here on people are told. */
export function followMessages(): void {
  document.addEventListener('visibilitychange', () => {
    isVisible.value = document.visibilityState === 'visible'
  })
  joinTabs(() => shown.value)
  const heard = new WeakMap<RoomStore, Cursor>()
  effect(() => {
    for (const store of rooms.value) hear(store, heard)
  })
  // The worker that showed a notification says that it was pressed.
  navigator.serviceWorker?.addEventListener('message', ({ data }) => obey(data))
}

/** What was said before the room was live for the first time is not news: the list shows it as unread. */
function hear(store: RoomStore, heard: WeakMap<RoomStore, Cursor>): void {
  const state = store.state.value
  const cursor = state?.timeline.cursor
  if (!state || !cursor) return
  const before = heard.get(store)
  if (!before && state.connection.status !== 'live') return
  if (before && before.epoch === cursor.epoch && before.offset === cursor.offset) return
  heard.set(store, cursor)
  if (!before || before.epoch !== cursor.epoch) return
  const said = saidSince(state.timeline, before.offset)
  if (said.some(({ by }) => by === store.email)) talked()
  const news = said.filter((message) => isNews(store, message))
  const newest = news.at(-1)
  if (newest && store.id !== shown.peek()) tell(store, newest, news.length)
}

function isNews(store: RoomStore, { by, text, deleted }: Message): boolean {
  if (by === store.email || deleted) return false
  switch (notifyIn(store.id)) {
    case 'all':
      return true
    case 'mentions':
      return store.mentionsMe(text)
    case 'none':
      return false
  }
}

async function tell(store: RoomStore, message: Message, count: number): Promise<void> {
  if (!(await isMineToTell(store.id))) return
  if (settings.value.sound) chime()
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return
  const text = shortened(plainOf(message.text), BODY_LENGTH)
  await show(titleOf(store, message), {
    body: count > 1 ? words.value.more(text, count) : text,
    // One a room: a newer one takes the place of the one before, and is announced all the same.
    tag: `room ${store.id}`,
    icon: '/assets/icon-192.png',
    data: { room: store.id, message: message.id },
    ...{ renotify: true },
  })
}

/** The person; and the room, where there are several. */
function titleOf(store: RoomStore, { by }: Message): string {
  const { title } = store.chat.value
  const person = isolated(shortened(store.nameOf(by), 60))
  return title && rooms.value.length > 1 ? `${person} · ${isolated(shortened(title, 60))}` : person
}

/** A worker's notification outlives the page, and is the only kind that phones have. */
async function show(title: string, options: NotificationOptions): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration?.active) return registration.showNotification(title, options)
  try {
    const notification = new Notification(title, options)
    notification.onclick = () => {
      obey({ type: 'show', ...options.data })
      notification.close()
    }
  } catch {
    // A phone whose browser shows notifications of workers alone, before ours is ready.
  }
}

/** `{ type: 'show', room, message }`: somebody pressed a notification. */
function obey(data: unknown): void {
  const { type, room, message } = Object(data) as { type?: unknown; room?: unknown; message?: unknown }
  if (type !== 'show' || typeof room !== 'string' || typeof message !== 'string') return
  window.focus()
  goTo(room, message)
}

function goTo(room: RoomId, message: string): void {
  go({ room, message })
  current.value?.show(message) // Once more, should the address be there already.
}
