// Search in Redis, which has no index of words by itself: each message's words are a line, and the lines are read newest first.
import type { RoomId } from '../../../protocol/chat.ts'
import type { Message } from '../../../protocol/event.ts'
import { wordsOf } from '../../../protocol/words.ts'
import type { Found } from '../../ports/log.ts'
import { keysOf, WORDS_SEGMENT } from './keys.ts'
import type { Connection } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { listIn, numberIn, textIn } from './reply.ts'
import { messageIn } from './written.ts'

/** Each word costs a look at every line where the first one stands; people do not type more. */
const MOST_WORDS = 12
/** Of one message: a text beyond this is found by its beginning. */
const MOST_INDEXED_CHARACTERS = 64 * 1024
/** What one answer of Redis holds: little at first, for most words are found soon, and never so much that others wait for theirs. */
const FIRST_BATCH_BYTES = 64 * 1024
const MOST_BATCH_BYTES = 1024 * 1024
const BATCH_SEGMENTS = 64
/** Beyond so much text a search stops and says where it got to, and the client decides whether to go on. */
const MOST_CHARACTERS = 64 * 1024 * 1024
const MOST_SEGMENTS = 4_096

/**
 * KEYS: meta. ARGV: the prefix of the room's words, the segment to begin with if not with the newest, how many messages share one, and
 * the bounds. Answers with the segment to go on with, -1 when there are no more, and those that it read. Their keys bear the hash tag
 * of the meta.
 */
const READ = script(
  [
    `
local newest = math.floor((tonumber(redis.call('HGET', KEYS[1], 'end') or 0) - 1) / tonumber(ARGV[3]))
local segment = ARGV[2] == '' and newest or math.min(newest, tonumber(ARGV[2]))
local found, bytes, looked = {}, 0, 0
while segment >= 0 and looked < tonumber(ARGV[5]) and bytes < tonumber(ARGV[4]) do
  local words = redis.call('GET', ARGV[1] .. string.format('%.0f', segment))
  if words then
    table.insert(found, words)
    bytes = bytes + #words
  end
  segment, looked = segment - 1, looked + 1
end
return { segment, found }`,
  ],
  { repeatable: true },
)

interface Lines {
  /** The segment to go on with; -1 when there are no more. */
  readonly next: number
  readonly lines: readonly string[]
}

export function redisSearch(connection: Connection) {
  return {
    async find(room: RoomId, query: string, range: { before?: number; limit: number }): Promise<Found> {
      const words = [...new Set(wordsOf(query))].slice(0, MOST_WORDS)
      if (words.length === 0) return { messages: [], more: false }
      const { before = Number.POSITIVE_INFINITY, limit } = range
      const messages: Message[] = []
      let next: number | '' = before === Number.POSITIVE_INFINITY ? '' : segmentOf(before - 1)
      for (
        let characters = 0, segments = 0, bytes = FIRST_BATCH_BYTES;
        ;
        bytes = Math.min(4 * bytes, MOST_BATCH_BYTES)
      ) {
        const read = await readLines(room, next, bytes)
        const ids = read.lines.flatMap((lines) => idsIn(lines, words)).filter((id) => id < before)
        await addPresent(
          messages,
          room,
          ids.toSorted((one, other) => other - one),
          words,
          limit + 1,
        )
        if (messages.length > limit) return { messages: messages.slice(0, limit), ...goOn(messages[limit - 1]) }
        if (read.next < 0) return { messages, more: false }
        characters += read.lines.reduce((sum, lines) => sum + lines.length, 0)
        segments += BATCH_SEGMENTS
        next = read.next
        const enough = characters > MOST_CHARACTERS || segments > MOST_SEGMENTS
        if (enough) return { messages, more: true, before: (read.next + 1) * WORDS_SEGMENT + 1 }
      }
    },
  }

  async function readLines(room: RoomId, from: number | '', bytes: number): Promise<Lines> {
    const { meta, words } = keysOf(room)
    const reply = await connection.run(READ, [meta], [words, from, WORDS_SEGMENT, bytes, BATCH_SEGMENTS])
    const [next, found] = listIn(reply)
    return { next: numberIn(next), lines: listIn(found).map(textIn) }
  }

  /** What was edited or deleted since its line was read does not count, so more are looked at until there are enough. */
  async function addPresent(
    messages: Message[],
    room: RoomId,
    ids: readonly number[],
    words: readonly string[],
    most: number,
  ): Promise<void> {
    const key = keysOf(room).messages
    let done = 0
    while (done < ids.length && messages.length < most) {
      const some = ids.slice(done, done + most - messages.length).map(String)
      const written = listIn(await connection.send(key, ['HMGET', key, ...some], { repeatable: true }))
      for (const [place, id] of some.entries()) {
        const state = written[place]
        const message = typeof state === 'string' ? messageIn(id, state) : null
        if (message && holds(message, words)) messages.push(message)
      }
      done += some.length
    }
  }
}

/** The words of a text as they are kept for searching. */
export function indexed(text: string): string {
  const words = wordsOf(text).join(' ')
  if (words.length <= MOST_INDEXED_CHARACTERS) return words
  return words.slice(0, words.lastIndexOf(' ', MOST_INDEXED_CHARACTERS))
}

function goOn(last: Message | undefined): Pick<Found, 'more' | 'before'> {
  return { more: true, ...(last ? { before: Number(last.id) } : {}) }
}

function segmentOf(id: number): number {
  return Math.floor((id - 1) / WORDS_SEGMENT)
}

function holds({ text }: Message, words: readonly string[]): boolean {
  const held = new Set(wordsOf(text))
  return words.every((word) => held.has(word))
}

/** The messages in whose lines all words stand. Each line is a line break, the id, and the words, each between spaces. */
function idsIn(lines: string, words: readonly string[]): number[] {
  // The longest is likely the rarest: only where it stands are the others looked for.
  const [first = '', ...others] = words.toSorted((one, other) => other.length - one.length).map((word) => ` ${word} `)
  const ids: number[] = []
  for (let hit = lines.indexOf(first); hit >= 0; ) {
    const begin = lines.lastIndexOf('\n', hit)
    const nextLine = lines.indexOf('\n', hit)
    const end = nextLine < 0 ? lines.length : nextLine
    const line = lines.slice(begin, end)
    if (others.every((word) => line.includes(word))) ids.push(Number.parseInt(line.slice(1), 10))
    hit = lines.indexOf(first, end)
  }
  return ids
}
