// What is there in the end: every event of every room, from the store itself, and the same through the door.
import { openRoom } from '../../client/index.ts'
import { changed, type Message, messageOf, type RoomEvent } from '../../protocol/event.ts'
import { withStorage } from '../../server/cli/with-storage.ts'
import type { Finding } from './evidence.ts'
import { type Place, within } from './visiting.ts'

const PAGE = 100

/** Past every server, so not what one of them remembers. */
export function logsOf(url: string, rooms: readonly string[]): Promise<ReadonlyMap<string, readonly RoomEvent[]>> {
  return withStorage({ CHAT_STORAGE_URL: url }, async ({ log }) => {
    const logs = new Map<string, readonly RoomEvent[]>()
    for (const room of rooms) {
      const end = await log.end(room)
      const events = await log.since(room, { ...end, offset: 0 }, end.offset + 1)
      if (events === 'gap') throw new Error(`not every event of ${room} up to ${end.offset} is kept`)
      logs.set(room, events)
    }
    return logs
  })
}

/** The messages as they are after everything that happened. */
export function messagesAfter(log: readonly RoomEvent[]): ReadonlyMap<string, Message> {
  const messages = new Map<string, Message>()
  for (const event of log) {
    if (event.type === 'message') {
      messages.set(String(event.offset), messageOf(event))
      continue
    }
    const before = messages.get(event.message)
    if (before) messages.set(event.message, changed(before, event))
  }
  return messages
}

/** All of a room's history, page by page, as a page would read it. */
export async function historyOf(place: Place): Promise<readonly Message[]> {
  const { origin: url, room, ticket } = place
  const chat = openRoom({ url, room, ticket })
  try {
    await within(live(chat))
    const pages: Message[][] = []
    let before = Number.MAX_SAFE_INTEGER
    for (let more = true; more; ) {
      const page = await patiently(() => chat.history({ before, limit: PAGE }))
      pages.unshift([...page.messages])
      before = Number(page.messages[0]?.id ?? 0)
      more = page.more
    }
    return pages.flat()
  } finally {
    chat.close()
  }
}

/** `whole`: every message has to be there. */
export function inMessages(
  who: string,
  shown: readonly Message[],
  log: readonly RoomEvent[],
  whole: boolean,
): readonly Finding[] {
  const all = messagesAfter(log)
  const found: Finding[] = []
  shown.forEach((message, index) => {
    if (index > 0 && Number(message.id) <= Number(shown[index - 1]?.id))
      found.push({ kind: 'reordered', sentence: `${who} shows ${message.id} after ${shown[index - 1]?.id}` })
    const kept = all.get(message.id)
    if (!Bun.deepEquals(message, kept))
      found.push({
        kind: 'changed',
        sentence: `${who} shows ${JSON.stringify(message)}, and the log has ${JSON.stringify(kept)}`,
      })
  })
  const ids = new Set(shown.map(({ id }) => id))
  const missing = whole ? [...all.keys()].filter((id) => !ids.has(id)) : []
  return [...found, ...missing.map((id): Finding => ({ kind: 'lost', sentence: `${who} does not show message ${id}` }))]
}

async function live(chat: ReturnType<typeof openRoom>): Promise<void> {
  while (chat.state.connection.status !== 'live') await Bun.sleep(20)
}

/** Those who ask too much have to wait, as everyone has. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries >= 5) throw error
      await Bun.sleep(2_500)
    }
  }
}
