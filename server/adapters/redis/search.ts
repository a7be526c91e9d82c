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
const MOST_BATCH_BYTES = 512 * 1024
const BATCH_SEGMENTS = 64
/** Beyond so much text a search stops and says where it got to, and the client decides whether to go on. */
const MOST_CHARACTERS = 16 * 1024 * 1024
const MOST_SEGMENTS = 4_096

/**
 * KEYS: meta. ARGV: the prefix of the room's words, the segment to begin with if not with the newest, the byte of it to begin with, how
 * many messages share one, and the bounds. Answers with the segment to go on with, -1 when there are no more, the byte of it, and what
 * was read, in whole lines. The keys bear the hash tag of the meta.
 */
const READ = script(
  [
    `
local newest = math.floor((tonumber(redis.call('HGET', KEYS[1], 'end') or 0) - 1) / tonumber(ARGV[4]))
local segment, from = newest, 0
if ARGV[2] ~= '' and tonumber(ARGV[2]) <= newest then
  segment, from = tonumber(ARGV[2]), tonumber(ARGV[3])
end

-- Whole lines from there on, and where the next of them begins, 0 if these were the last. At least one, however long.
local function linesOf(key, most)
  while true do
    local read = redis.call('GETRANGE', key, from, from + most - 1)
    if #read < most then
      return read, 0
    end
    local cut = string.match(read, '^.+()\\n')
    if cut then
      return string.sub(read, 1, cut - 1), from + cut - 1
    end
    most = 2 * most
  end
end

local found, bytes, looked = {}, 0, 0
while segment >= 0 and looked < tonumber(ARGV[6]) and bytes < tonumber(ARGV[5]) do
  local lines
  lines, from = linesOf(ARGV[1] .. string.format('%.0f', segment), tonumber(ARGV[5]) - bytes)
  if lines ~= '' then
    table.insert(found, lines)
    bytes = bytes + #lines
  end
  if from == 0 then
    segment, looked = segment - 1, looked + 1
  end
end
return { segment, from, found }`,
  ],
  { repeatable: true },
)

/** Where reading goes on: a segment, -1 when there are no more, and a byte of it. */
interface Place {
  readonly segment: number | ''
  readonly from: number
}

interface Lines {
  readonly next: Place & { readonly segment: number }
  readonly lines: readonly string[]
}

export function redisSearch(connection: Pick<Connection, 'run' | 'send'>) {
  return {
    async find(room: RoomId, query: string, range: { before?: number; limit: number }): Promise<Found> {
      const words = [...new Set(wordsOf(query))].slice(0, MOST_WORDS)
      if (words.length === 0) return { messages: [], more: false }
      const { before = Number.POSITIVE_INFINITY, limit } = range
      const messages: Message[] = []
      let place: Place = { segment: before === Number.POSITIVE_INFINITY ? '' : segmentOf(before - 1), from: 0 }
      let unsure: readonly number[] = []
      for (
        let characters = 0, segments = 0, bytes = FIRST_BATCH_BYTES;
        ;
        bytes = Math.min(4 * bytes, MOST_BATCH_BYTES)
      ) {
        const { next, lines } = await readLines(room, place, bytes)
        const read = lines.flatMap((some) => idsIn(some, words)).filter((id) => id < before)
        // A line stands anywhere in its segment, and moves to its end when an edit does not fit, perhaps while it is read.
        const ids = [...new Set([...unsure, ...read])].toSorted((one, other) => other - one)
        unsure = next.from > 0 ? ids.filter((id) => segmentOf(id) === next.segment) : []
        await addPresent(messages, room, ids.slice(0, ids.length - unsure.length), words, limit + 1)
        if (messages.length > limit) return { messages: messages.slice(0, limit), ...goOn(messages[limit - 1]) }
        if (next.segment < 0) return { messages, more: false }
        characters += lines.reduce((sum, some) => sum + some.length, 0)
        segments += BATCH_SEGMENTS
        place = next
        const enough = next.from === 0 && (characters > MOST_CHARACTERS || segments > MOST_SEGMENTS)
        if (enough) return { messages, more: true, before: (next.segment + 1) * WORDS_SEGMENT + 1 }
      }
    },
  }

  async function readLines(room: RoomId, { segment, from }: Place, bytes: number): Promise<Lines> {
    const { meta, words } = keysOf(room)
    const asked = [words, segment, from, WORDS_SEGMENT, bytes, BATCH_SEGMENTS]
    const [next, rest, found] = listIn(await connection.run(READ, [meta], asked))
    return { next: { segment: numberIn(next), from: numberIn(rest) }, lines: listIn(found).map(textIn) }
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
