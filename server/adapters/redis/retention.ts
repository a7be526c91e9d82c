// Retention in Redis: a few keys beside the rooms, so that copies of Redis carry it.
import { type Gone, MOST_HELD_MILLISECONDS, type Retention } from '../../ports/retention.ts'
import { RETENTION_GONE_KEY, RETENTION_KEY, RETENTION_LEASE_KEY } from './keys.ts'
import { lifetimeOf } from './lifetime.ts'
import type { Connection } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { type Fields, fieldsOf, isCount } from './notes.ts'
import { maybe, numberIn, textIn, textsIn } from './reply.ts'

const FOREVER = 'forever'

/** KEYS: the lease. ARGV: the time now, how long Redis keeps it, until when it holds, whose it is, and how late it may end. */
const LEASE = `
local held = redis.call('GET', KEYS[1])
local untilWhen, holder = string.match(held or '', '^(%d+) (.*)$')
local isHeld = held and tonumber(untilWhen) > tonumber(ARGV[1]) and tonumber(untilWhen) <= tonumber(ARGV[5])`

const GRANT = `
redis.call('SET', KEYS[1], ARGV[3] .. ' ' .. ARGV[4], 'PX', ARGV[2])
return 1`

const TAKE = script([LEASE, 'if isHeld then return 0 end', GRANT], { timely: true })
const EXTEND = script([LEASE, 'if not isHeld or holder ~= ARGV[4] then return 0 end', GRANT], { repeatable: true })

const OWN = script(["return redis.call('HGETALL', KEYS[1])"], { repeatable: true })

export function redisRetention(connection: Connection, now: () => number): Retention {
  return {
    async own() {
      const flat = textsIn(await connection.run(OWN, [RETENTION_KEY]))
      const own = new Map<string, number>()
      for (let index = 0; index < flat.length; index += 2) own.set(flat[index] ?? '', daysIn(flat[index + 1]))
      return own
    },

    async keep(room, days) {
      const command = days === null ? ['HDEL', RETENTION_KEY, room] : ['HSET', RETENTION_KEY, room, textOf(days)]
      await connection.send(RETENTION_KEY, command, { repeatable: true })
    },

    async gone(room) {
      const reply = await connection.send(RETENTION_GONE_KEY, ['HGET', RETENTION_GONE_KEY, room], { repeatable: true })
      return maybe(reply, (record) => goneIn(room, fieldsOf(textIn(record))))
    },

    async reach(room, gone) {
      const command = ['HSET', RETENTION_GONE_KEY, room, JSON.stringify(gone)]
      await connection.send(RETENTION_GONE_KEY, command, { repeatable: true })
    },

    take: async (holder, milliseconds) => (await connection.run(TAKE, ...lease(holder, milliseconds))) === 1,
    extend: async (holder, milliseconds) => (await connection.run(EXTEND, ...lease(holder, milliseconds))) === 1,
  }

  function lease(holder: string, milliseconds: number) {
    const expiresAt = now() + milliseconds
    return [
      [RETENTION_LEASE_KEY],
      [now(), lifetimeOf(expiresAt, now()), expiresAt, holder, now() + MOST_HELD_MILLISECONDS],
    ] as const
  }
}

/** Guessed at, it would spare what is to go, or note what never went. Only this room waits: elsewhere it is gone on with. */
function goneIn(room: string, { epoch, offset, upto, many }: Fields): Gone {
  const wrong = (field: string) =>
    new Error(
      `the record of room ${JSON.stringify(room)} in ${RETENTION_GONE_KEY} has no ${field} that makes sense: delete it, and the room is looked through anew`,
    )
  if (typeof epoch !== 'string' || !/^[\w-]+$/.test(epoch)) throw wrong('epoch')
  if (!isCount(offset)) throw wrong('offset')
  if (!isCount(upto) || upto < offset) throw wrong('upto')
  if (!isCount(many)) throw wrong('many')
  return { epoch, offset, upto, many }
}

function textOf(days: number): string {
  return Number.isFinite(days) ? String(days) : FOREVER
}

function daysIn(text: string | undefined): number {
  return text === FOREVER ? Number.POSITIVE_INFINITY : numberIn(text)
}
