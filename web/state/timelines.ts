// What was read last in each room, kept in the browser's database, so that the page opens with it even without a network.
import { clear, createStore, del, get, set } from 'idb-keyval'
import type { RoomId } from '../../protocol/chat.ts'

const store = () => createStore('propromo', 'timelines')
let opened: ReturnType<typeof store> | undefined

/** Some browsers' databases open slowly, or never: the page goes on without what was kept, until it comes. */
const PATIENCE_MILLISECONDS = 1_000
/** Whoever leaves waits longer than whoever comes: what was read is theirs, and the next one may be sitting down already. */
const LEAVING_MILLISECONDS = 6_000

/**
 * What `keepTimeline` kept; `undefined` when there is nothing, or nothing can be read in time: what comes after that is given to
 * `late`. Hostile until parsed.
 */
export async function keptTimeline(email: string, room: RoomId, late: (timeline: unknown) => void): Promise<unknown> {
  let isLate = false
  const timeline = await inTime(PATIENCE_MILLISECONDS, async () => {
    const found: unknown = await get(nameOf(email, room), database())
    if (isLate) late(found)
    return found
  })
  isLate = true
  return timeline
}

export async function keepTimeline(email: string, room: RoomId, timeline: unknown): Promise<void> {
  await orNothing(() => set(nameOf(email, room), timeline, database()))
}

/** For a room that one is no member of any more. */
export async function forgetTimeline(email: string, room: RoomId): Promise<void> {
  await orNothing(() => del(nameOf(email, room), database()))
}

/** Of all rooms at once, so that a page that goes away in the middle leaves none. Resolves when it is done, or cannot be in time. */
export async function forgetTimelines(): Promise<void> {
  await inTime(LEAVING_MILLISECONDS, () => clear(database()))
}

function database(): ReturnType<typeof store> {
  opened ??= store()
  return opened
}

function nameOf(email: string, room: RoomId): string {
  return JSON.stringify([email, room])
}

/** A browser may refuse its database (a private window, a full disk): the page then works on, and forgets when it is closed. */
async function orNothing<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}

function inTime<Value>(milliseconds: number, work: () => Promise<Value>): Promise<Value | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, milliseconds))
  return Promise.race([late, orNothing(work)])
}
