// The way into a room: where it is, and what is shown to get in.
import type { RoomId } from '../protocol/chat.ts'
import type { Cursor } from '../protocol/event.ts'
import { V1 } from '../protocol/v1.ts'
import type { SocketClass, SocketLike } from './world.ts'

export interface Door {
  /** Where the chat is: `https://chat.example.com`. A function is asked before every attempt. */
  readonly url: string | (() => string)
  readonly room: RoomId
  /**
   * A fresh ticket, asked for before every attempt, because each opens the room once (rule T3). When it rejects, the connection
   * tries again later, unless the error has `retry: false`; then it ends, with the error's `code` and `message`. `retryAfterSeconds`
   * of the error is waited for. The errors of `ticketsFrom` are like that.
   */
  readonly ticket: () => Promise<string>
}

/** What an error says about a ticket that could not be had. */
export interface NoTicket {
  readonly code: string
  readonly message: string
  readonly retry: boolean
  readonly retryAfterSeconds: number
}

/** The ticket is a subprotocol, so that no address holds it (rule C3). `null` where no WebSocket takes the address. */
export function knock(door: Door, ticket: string, cursor: Cursor | null, WebSocket: SocketClass): SocketLike | null {
  try {
    return new WebSocket(addressOf(door, cursor), [V1, `bearer.${ticket}`])
  } catch {
    return null // What the engine says about it may repeat the ticket.
  }
}

/** Whatever the application threw: only what is of the expected type counts. */
export function noTicket(error: unknown): NoTicket {
  const thrown = typeof error === 'object' && error !== null ? error : {}
  const read = (name: keyof NoTicket): unknown => Reflect.get(thrown, name)
  const [code, message, seconds] = [read('code'), read('message'), read('retryAfterSeconds')]
  return {
    code: typeof code === 'string' ? code : 'no_ticket',
    message: typeof message === 'string' ? message : 'There is no ticket',
    retry: read('retry') !== false,
    retryAfterSeconds: typeof seconds === 'number' && seconds > 0 ? seconds : 0,
  }
}

/** With a cursor, from there on (rule V3). */
function addressOf({ url, room }: Door, cursor: Cursor | null): string {
  const origin = typeof url === 'function' ? url() : url
  const address = `${origin.replace(/^http/, 'ws').replace(/\/+$/, '')}/chat/${encodeURIComponent(room)}`
  return cursor ? `${address}?since=${cursor.offset}&epoch=${encodeURIComponent(cursor.epoch)}` : address
}
