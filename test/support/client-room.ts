// People who use the SDK, and what tests wait for in their rooms.
import {
  type ConnectionState,
  messagesIn,
  openRoom,
  type Room,
  type RoomOptions,
  type RoomState,
} from '../../client/index.ts'
import { deadline } from './patience.ts'
import type { Person } from './people.ts'

/** Opens the room with the SDK, as this person. */
export function enter(person: Person, room: string, options: Partial<RoomOptions> = {}): Room & Disposable {
  const opened = openRoom({ url: person.server.origin, room, ticket: () => person.ticket(), ...options })
  return Object.assign(opened, { [Symbol.dispose]: () => opened.close() })
}

/** The first state, from the present one on, of which it holds. */
export function until(room: Room, what: string, holds: (state: RoomState) => boolean): Promise<RoomState> {
  if (holds(room.state)) return Promise.resolve(room.state)
  const { promise, resolve } = Promise.withResolvers<RoomState>()
  const stop = room.subscribe((state) => holds(state) && resolve(state))
  const late = deadline(() => `not ${what}, but ${told(room)},`)
  return Promise.race([promise, late.promise]).finally(() => {
    stop()
    late.keep()
  })
}

export function becomes<Status extends ConnectionState['status']>(room: Room, status: Status) {
  type There = ConnectionState & { readonly status: Status }
  const isThere = (connection: ConnectionState): connection is There => connection.status === status
  return until(room, status, ({ connection }) => isThere(connection)).then(({ connection }) => {
    if (!isThere(connection)) throw new Error('unreachable: it was there')
    return connection
  })
}

/** Live again after it was not. */
export async function comesBack(room: Room): Promise<void> {
  await until(room, 'gone', ({ connection }) => connection.status !== 'live')
  await becomes(room, 'live')
}

export function textsIn(room: Room): readonly string[] {
  return messagesIn(room.state.timeline).map(({ text }) => text)
}

export function hears(room: Room, text: string): Promise<RoomState> {
  return until(room, `told ${JSON.stringify(text)}`, () => textsIn(room).includes(text))
}

/** The outbox is empty and the timeline has everything. */
export function settles(room: Room): Promise<RoomState> {
  return until(room, 'settled', ({ outbox, connection }) => outbox.entries.length === 0 && connection.status === 'live')
}

function told(room: Room): string {
  const { connection, timeline, outbox } = room.state
  return JSON.stringify({
    connection,
    cursor: timeline.cursor,
    outbox: outbox.entries.slice(0, 3),
    last: textsIn(room).slice(-3),
  })
}
