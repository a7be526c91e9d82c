// Who is in a room at which process: each states it again and again, and what is not stated for a while holds no longer.

import type { Reply } from './lines/connection.ts'
import { script } from './lines/script.ts'
import { textsOf } from './notes.ts'

/**
 * Keeps the statement under its speaker's name for as long as the lease, tells it to everyone who listens, and answers
 * those of the others that hold, each with its milliseconds left. Times are this Redis' own: nobody else's clock counts.
 * KEYS: statements, channel. ARGV: speaker, turn, lease, emails in JSON, note to tell or nothing.
 */
export const STATE = script(
  [
    `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local speaker, turn, lease, emails, note = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
if emails == '[]' then
  redis.call('HDEL', KEYS[1], speaker)
else
  redis.call('HSET', KEYS[1], speaker, string.format('%.0f %s %s', now + lease, turn, emails))
  redis.call('PEXPIRE', KEYS[1], lease)
end
local others = {}
local statements = redis.call('HGETALL', KEYS[1])
for at = 1, #statements, 2 do
  local ends, turn, emails = string.match(statements[at + 1], '^(%d+) (%d+) (.*)$')
  local left = tonumber(ends or 0) - now
  if left <= 0 then
    redis.call('HDEL', KEYS[1], statements[at])
  elseif statements[at] ~= speaker then
    table.insert(others, { statements[at], tonumber(turn), left, emails })
  end
end
if note ~= '' then redis.call('SPUBLISH', KEYS[2], note) end
return others`,
  ],
  { timely: true, repeatable: true },
)

interface Statement {
  readonly turn: number
  readonly emails: readonly string[]
  /** By the clock of this process. */
  readonly holdsUntil: number
}

/** What the other processes have stated of one room, as far as it is known here. */
export class Elsewhere {
  readonly #statements = new Map<string, Statement>()
  readonly #isOurs: (speaker: string) => boolean
  #readAt: number

  constructor(isOurs: (speaker: string) => boolean, now: number) {
    this.#isOurs = isOurs
    this.#readAt = now
  }

  get emails(): ReadonlySet<string> {
    return new Set([...this.#statements.values()].flatMap(({ emails }) => emails))
  }

  /** An answer can be overtaken by a note that was told after it: the later turn is right, wherever it comes from. */
  state(speaker: string, statement: Statement): void {
    if (this.#isOurs(speaker)) return
    const before = this.#statements.get(speaker)
    if (before && before.turn > statement.turn) return
    // Kept also when nobody is left there: were it forgotten now, an older answer could bring them back.
    this.#statements.set(speaker, statement)
  }

  /** Takes the answer of `STATE`, and drops what has not been stated for too long. */
  read(reply: Reply, now: number, everyMilliseconds: number): void {
    for (const [speaker, turn, left, emails] of rowsOf(reply)) {
      this.state(speaker, { turn, emails: textsOf(emails), holdsUntil: now + left })
    }
    // While Redis answered nobody, nobody could state anything: nobody has left because of that.
    const silence = now - this.#readAt - everyMilliseconds
    this.#readAt = now
    const grace = silence > everyMilliseconds ? silence : 0
    for (const [speaker, statement] of this.#statements) {
      const holdsUntil = statement.holdsUntil + grace
      if (holdsUntil <= now) this.#statements.delete(speaker)
      else if (grace > 0) this.#statements.set(speaker, { ...statement, holdsUntil })
    }
  }
}

type Row = readonly [speaker: string, turn: number, left: number, emails: string]

function rowsOf(reply: Reply): readonly Row[] {
  if (!Array.isArray(reply)) return []
  return reply.flatMap((row: Reply): Row[] => {
    if (!Array.isArray(row)) return []
    const [speaker, turn, left, emails] = row
    const isRow = typeof speaker === 'string' && typeof turn === 'number' && typeof left === 'number'
    return isRow && typeof emails === 'string' ? [[speaker, turn, left, emails]] : []
  })
}
