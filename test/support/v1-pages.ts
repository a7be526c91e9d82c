// Looking through a whole room, one answer at a time.
import { expect } from 'bun:test'
import type { Search, V1Socket, WireMessage } from './v1.ts'

/** Every message of the room, page by page from either end; oldest first. */
export async function walk(
  socket: V1Socket,
  direction: 'back' | 'forth',
  limit: number,
): Promise<readonly WireMessage[]> {
  const pages: (readonly WireMessage[])[] = []
  let range: Readonly<Record<string, number>> = direction === 'back' ? { limit } : { limit, after: 0 }
  for (;;) {
    const { messages, more } = await socket.history(range)
    expect(messages.length).toBeLessThanOrEqual(limit)
    pages.push(messages)
    const edge = Number(messages.at(direction === 'back' ? 0 : -1)?.id)
    if (!more) return (direction === 'back' ? pages.reverse() : pages).flat()
    range = direction === 'back' ? { limit, before: edge } : { limit, after: edge }
  }
}

/** Everything that a search finds, newest first. */
export async function searchAll(socket: V1Socket, query: string, limit: number): Promise<readonly WireMessage[]> {
  const found: WireMessage[] = []
  let answer: Search | undefined
  do {
    answer = await socket.search(query, { limit, ...(answer?.before === undefined ? {} : { before: answer.before }) })
    expect(answer.messages.length).toBeLessThanOrEqual(limit)
    found.push(...answer.messages)
  } while (answer.more)
  return found
}
