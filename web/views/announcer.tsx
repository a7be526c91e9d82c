// Says what others write, to people who listen instead of looking.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import { neutral } from '../text/controls.ts'
import { counted, spoken } from '../words/spoken.ts'

const words = spoken(
  {
    said: (name: string, text: string) => `${name}: ${text}`,
    more: (count: number) => counted(count, 'new message', 'new messages'),
    failed: 'What you wrote was not sent. It stands in the chat, with the reason.',
  },
  {
    said: (name, text) => `${name}: ${text}`,
    more: (count) => counted(count, 'neue Nachricht', 'neue Nachrichten'),
    failed: 'Was Sie geschrieben haben, wurde nicht gesendet. Es steht mit dem Grund im Chat.',
  },
)

const MOST_CHARACTERS = 160

/** What is to be read out: another object each time, though it may say the same. */
export interface Announced {
  readonly text: string
}

export interface AnnouncerProps {
  readonly store: RoomStore
  /** What something that was done came to. */
  readonly outcome: Announced
}

export function Announcer({ store, outcome }: AnnouncerProps) {
  const [news, setNews] = useState<Announced>({ text: '' })
  const last = useRef<number | null>(null)
  const end = store.timeline?.cursor?.offset ?? null
  useEffect(() => {
    const from = last.current
    last.current = end
    if (from !== null && end !== null && end > from) setNews((before) => newsAfter(store, from) ?? before)
  }, [store, end])
  const entries = store.state.value?.outbox.entries ?? []
  const failures = entries.filter(({ status }) => status === 'failed').length
  const failed = useRef(failures)
  useEffect(() => {
    if (failures > failed.current) setNews({ text: words.value.failed })
    failed.current = failures
  }, [failures])
  return (
    <div class="visually-hidden">
      <div role="log" aria-live="polite" aria-atomic="true">
        <Said key={news} {...news} />
      </div>
      <div role="status">
        <Said key={outcome} {...outcome} />
      </div>
    </div>
  )
}

/** With a key: what is said again in another element is news, and in the same one it is not. */
function Said({ text }: Announced) {
  return <span>{text}</span>
}

function newsAfter(store: RoomStore, offset: number): Announced | undefined {
  const fresh = (store.timeline?.blocks ?? [])
    .filter(({ upto }) => upto > offset)
    .flatMap(({ messages }) => messages.filter(({ id, by }) => Number(id) > offset && by !== store.email))
  const [first] = fresh
  if (!first) return undefined
  if (fresh.length > 1) return { text: words.value.more(fresh.length) }
  return { text: words.value.said(neutral(store.nameOf(first.by)), neutral(first.text).slice(0, MOST_CHARACTERS)) }
}
