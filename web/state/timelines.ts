// What was read last in each room, kept in the browser's database, so that the page opens with it even without a network.
import { createStore, del, get, keys, set } from 'idb-keyval'
import type { RoomId } from '../../protocol/chat.ts'

const store = () => createStore('propromo', 'timelines')
let opened: ReturnType<typeof store> | undefined

/** Some browsers' databases open slowly, or never: the room is opened without what was kept. */
const PATIENCE_MILLISECONDS = 1_000

/** What `keepTimeline` kept; `undefined` when there is nothing, or nothing can be read in time. Hostile until parsed. */
export async function keptTimeline(email: string, room: RoomId): Promise<unknown> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS))
  return Promise.race([late, orNothing(() => get(nameOf(email, room), database()))])
}

export async function keepTimeline(email: string, room: RoomId, timeline: unknown): Promise<void> {
  await orNothing(() => set(nameOf(email, room), timeline, database()))
}

/** For a room that one is no member of any more. */
export async function forgetTimeline(email: string, room: RoomId): Promise<void> {
  await orNothing(() => del(nameOf(email, room), database()))
}

export async function forgetTimelines(): Promise<void> {
  await orNothing(async () => {
    for (const name of await keys(database())) await del(name, database())
  })
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
