// Scripts that run inside Redis: one round trip each, and nobody sees them half done.
import { createHash } from 'node:crypto'

export interface Script {
  readonly lua: string
  readonly sha: string
  /** It begins with `TIMELY`, so the connection tells it how long its caller waits. */
  readonly timely: boolean
  /** Running it twice is the same as running it once, so it may be tried again when nobody knows whether it ran. */
  readonly repeatable: boolean
  /** What it wrote has to survive the loss of the master, as far as there are replicas. */
  readonly durable: boolean
}

/**
 * A script that only reads, or that only whoever waits for it should be able to write with. Give what writes `timely: true`:
 * a command that waited in front of a stopped Redis runs when that goes on, long after its caller was told that it failed.
 */
export function script(parts: readonly string[], { timely = false, repeatable = false, durable = false } = {}): Script {
  const body = parts.map((part) => part.trim()).join('\n')
  const lua = [
    NAMED,
    ...(timely ? [TIMELY] : []),
    `local function answer()\n${body}\nend`,
    'return { name, answer() or false }',
  ]
    .map((part) => part.trim())
    .join('\n')
  return { lua, sha: createHash('sha1').update(lua).digest('hex'), timely, repeatable, durable }
}

/** Every run has a name, and its answer bears it: an answer that bears another's was meant for somebody else. */
const NAMED = 'local name = table.remove(ARGV)'

/** The caller has given up by the time in the first argument, in milliseconds of this Redis' own clock. */
const TIMELY = `
local clock = redis.call('TIME')
if clock[1] * 1000 + clock[2] / 1000 > tonumber(table.remove(ARGV, 1)) then
  return redis.error_reply('LATE nobody waits for it any more')
end`
