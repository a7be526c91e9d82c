// `retention`: for how long rooms keep what was said, and what the next run would delete.
import { DAY_MILLISECONDS } from '../../protocol/instant.ts'
import { dueIn, roomsWithATime } from '../chat/expiry.ts'
import { MOST_DAYS, readKeepMessagesDays } from '../config.ts'
import type { Storage } from '../storage.ts'
import { type Environment, Misused, obey, readWords } from './asked.ts'
import { withStorage } from './with-storage.ts'

export const usage = `propromo-chat retention [<room> [<days>|forever|default]] (from the sources also: npm run retention -- …)

Without words tells which rooms keep messages for a time of their own, and what the next run would delete. With a room (its
monitor_hash) tells that of the room; with a time decides it, from the next run on, which a chat that runs begins within the hour.
default is what KEEP_MESSAGES_DAYS says in this environment: give it the one that the chat has. 0 is forever, like every limit.`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    const { words } = readWords(args, {}, [0, 2])
    const [room, time] = words
    const days = time === undefined ? undefined : daysIn(time)
    const usualDays = readKeepMessagesDays(env)
    await withStorage(env, async (storage) => {
      const place = { ...storage, usualDays }
      if (room === undefined) return tellAll(place)
      if (days !== undefined) await decide(storage, room, days)
      await tell(place, room)
    })
    return 0
  })
}

type Place = Pick<Storage, 'log' | 'retention'> & { readonly usualDays: number }

async function decide({ retention, audit }: Storage, room: string, days: number | null): Promise<void> {
  const keep = days === null ? 'default' : Number.isFinite(days) ? String(days) : 'forever'
  await audit.note({ at: Date.now(), what: 'retention_set', by: 'operator', room, keep })
  await retention.keep(room, days)
}

async function tell(place: Place, room: string): Promise<void> {
  const own = (await place.retention.own()).get(room)
  const days = own ?? place.usualDays
  console.log(
    `${room}: ${spelled(days)}, ${own === undefined ? 'like every room without a time of its own' : 'its own'}`,
  )
  const { offset } = await place.log.end(room)
  if (offset === 0) console.log('Nothing was ever said in such a room: is that its monitor_hash?')
  else console.log(`The next run deletes ${(await dueTold(place, room, days)) ?? 'nothing'}`)
}

async function tellAll(place: Place): Promise<void> {
  console.log(`Every room: ${spelled(place.usualDays)} (KEEP_MESSAGES_DAYS), but for these:`)
  const own = await place.retention.own()
  if (own.size === 0) console.log('none')
  for (const [room, days] of own) console.log(`${room}: ${spelled(days)}`)
  console.log('The next run deletes:')
  let rooms = 0
  for (const [room, days] of await roomsWithATime(place)) {
    // One that cannot be looked through keeps nobody from the others, here as in a run.
    const due = await dueTold(place, room, days).catch((error: unknown) => `unknown: ${error}`)
    if (due === null) continue
    rooms += 1
    console.log(`${room}: ${due}`)
  }
  if (rooms === 0) console.log('nothing')
}

/** `null` where nothing is due. */
async function dueTold(place: Place, room: string, days: number): Promise<string | null> {
  if (!Number.isFinite(days)) return null
  const cutoff = Date.now() - days * DAY_MILLISECONDS
  const due = await dueIn(place, room, cutoff)
  return due === 0 ? null : `${due} messages, said before ${new Date(cutoff).toISOString()}`
}

function spelled(days: number): string {
  return Number.isFinite(days) ? `${days} days` : 'for ever'
}

function daysIn(held: string): number | null {
  if (held === 'default') return null
  if (held === 'forever') return Number.POSITIVE_INFINITY
  const days = /^\d{1,6}$/.test(held) ? Number(held) : Number.NaN
  if (days <= MOST_DAYS) return days === 0 ? Number.POSITIVE_INFINITY : days
  throw new Misused(`Cannot keep messages for ${JSON.stringify(held)}: use days up to ${MOST_DAYS}, forever or default`)
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
