// How far each member has read, in Redis.
import type { RoomId } from '../../../protocol/chat.ts'
import { keysOf } from './keys.ts'
import type { Connection } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { numberIn, textIn, textsIn } from './reply.ts'

/** KEYS: meta, marks. ARGV: the email and how far. Never beyond the end, never back. */
const MOVE = script(
  [
    `
local last = tonumber(redis.call('HGET', KEYS[1], 'end') or 0)
local before = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or -1)
local upto = math.min(tonumber(ARGV[2]), last)
if upto <= before then
  return before
end
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', upto))
return upto`,
  ],
  { repeatable: true },
)

const ALL = script(["return redis.call('HGETALL', KEYS[1])"], { repeatable: true })

export function redisReadMarks(connection: Connection) {
  return {
    async move(room: RoomId, email: string, upto: number): Promise<number> {
      const { meta, marks } = keysOf(room)
      return numberIn(await connection.run(MOVE, [meta, marks], [email, upto]))
    },

    async forget(room: RoomId, email: string): Promise<void> {
      const { marks } = keysOf(room)
      await connection.send(marks, ['HDEL', marks, email], { repeatable: true })
    },

    async all(room: RoomId): Promise<ReadonlyMap<string, number>> {
      const flat = textsIn(await connection.run(ALL, [keysOf(room).marks]))
      const marks = new Map<string, number>()
      for (let index = 0; index < flat.length; index += 2) marks.set(textIn(flat[index]), numberIn(flat[index + 1]))
      return marks
    },
  }
}
