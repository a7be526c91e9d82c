// What somebody has not read of a room, as far as it is loaded.
import type { Timeline } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'

/** How many others' messages came after somebody's read mark. `atLeast` when older ones are not loaded. */
export interface Unread {
  readonly count: number
  readonly atLeast: boolean
  readonly mentions: number
}

const NOTHING: Unread = { count: 0, atLeast: false, mentions: 0 }

/** What `email` has not read. `calls` says whether a text calls them. */
export function unreadIn(
  timeline: Timeline | null,
  email: string,
  calls: (text: string) => boolean = () => false,
): Unread {
  if (!timeline?.cursor) return NOTHING
  const read = timeline.members.find((member) => member.email === email)?.read ?? 0
  let { count, mentions } = NOTHING
  for (const message of newestFirst(timeline)) {
    if (Number(message.id) <= read) return { count, atLeast: false, mentions }
    if (message.by === email || message.deleted) continue
    count += 1
    if (calls(message.text)) mentions += 1
  }
  return { count, atLeast: loadedFrom(timeline) > read, mentions }
}

/** What was said after this offset, oldest first. */
export function saidSince(timeline: Timeline, offset: number): readonly Message[] {
  const said: Message[] = []
  for (const message of newestFirst(timeline)) {
    if (Number(message.id) <= offset) break
    said.push(message)
  }
  return said.reverse()
}

/** From the newest back to where something is not loaded. */
function* newestFirst({ blocks, cursor }: Timeline): Generator<Message> {
  let from = cursor?.offset ?? 0
  for (let index = blocks.length - 1; index >= 0; index--) {
    const { after, upto, messages } = blocks[index] ?? { after: 0, upto: -1, messages: [] }
    if (upto < from) return
    for (let place = messages.length - 1; place >= 0; place--) {
      const message = messages[place]
      if (message) yield message
    }
    from = after
  }
}

/** Every message after this offset is loaded. */
function loadedFrom({ blocks, cursor }: Timeline): number {
  let from = cursor?.offset ?? 0
  for (let index = blocks.length - 1; index >= 0; index--) {
    const { after, upto } = blocks[index] ?? { after: 0, upto: -1 }
    if (upto < from) break
    from = after
  }
  return from
}
