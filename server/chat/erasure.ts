// Everything that one person has said, erased: as if they had deleted each message themselves, so that everybody's view agrees.
import type { RoomId } from '../../protocol/chat.ts'
import type { Draft, Message } from '../../protocol/event.ts'
import type { Log } from '../ports/log.ts'
import { deletionOf, wasThere } from './deletion.ts'

/** What one room holds, or held, of them. */
export interface Traces {
  readonly room: RoomId
  readonly messages: number
  readonly reactions: number
  readonly readMark: boolean
}

const PAGE = 500
/** Changes that are stored at once. Between two batches whoever talks gets their turn. */
const BATCH = 50

export async function tracesIn(log: Log, room: RoomId, email: string): Promise<Traces> {
  let [messages, reactions] = [0, 0]
  for await (const change of changesFor(log, room, email)) {
    if (change.type === 'deleted') messages += 1
    else reactions += 1
  }
  return { room, messages, reactions, readMark: (await log.readMarks(room)).has(email) }
}

/** Erases; resolves to what was erased. What comes meanwhile is for the next time. `pause` resolves a little later. */
export async function eraseIn(log: Log, room: RoomId, email: string, pause: () => Promise<void>): Promise<Traces> {
  const done = { deleted: 0, reacted: 0 }
  let batch: Erasing[] = []
  const store = async () => {
    const stored = await Promise.all(batch.map((change) => wasThere(log.append(room, change))))
    for (const [index, { type }] of batch.entries()) if (stored[index]) done[type] += 1
    batch = []
    await pause()
  }
  for await (const change of changesFor(log, room, email)) {
    batch.push(change)
    if (batch.length >= BATCH) await store()
  }
  if (batch.length > 0) await store()
  const readMark = (await log.readMarks(room)).has(email)
  if (readMark) await log.forgetReadMark(room, email)
  return { room, messages: done.deleted, reactions: done.reacted, readMark }
}

type Erasing = Draft & { readonly type: 'deleted' | 'reacted' }

async function* changesFor(log: Log, room: RoomId, email: string): AsyncGenerator<Erasing> {
  for (let after = 0, more = true; more; ) {
    const page = await log.page(room, { after, limit: PAGE })
    for (const message of page.messages) yield* changesTo(message, email)
    after = Number(page.messages.at(-1)?.id ?? after)
    more = page.more
  }
}

function changesTo(message: Message, email: string): readonly Erasing[] {
  if (message.deleted) return []
  if (message.by === email) return [deletionOf(message)]
  const own = Object.entries(message.reactions).filter(([, emails]) => emails.includes(email))
  return own.map(([emoji]) => ({ type: 'reacted', by: email, message: message.id, emoji, on: false }))
}
