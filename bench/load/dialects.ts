// How each contestant is spoken to: the same lines and the same texts, in the frames that it understands.
import { V1 } from '../../protocol/v1.ts'
import type { Address } from './line.ts'

/** Where somebody sits: both count from 0, the member within the room. */
export interface Seat {
  readonly room: number
  readonly member: number
}

export interface Dialect {
  /** Whether the contestant wants tickets. */
  readonly tickets: boolean
  address(port: number, room: number, ticket: string): Address
  /** What a frame means to somebody on the way in: they are in, they have to answer, or neither. */
  enter(frame: string, room: number): 'in' | { readonly answer: string } | null
  say(id: string, text: string): string
  /** What stands before the number that the contestant gives to every message of a room, if it gives one. */
  readonly numberAfter: string | null
  /** What to answer to a frame that carries no message; throws when it is a no. */
  aside(frame: string): string | null
}

export type DialectName = 'v1' | 'floor' | 'ws' | 'socket.io'

export function roomName(room: number): string {
  return `bench${String(room).padStart(5, '0')}`
}

const path = (room: number) => `/${roomName(room)}`
const entered = (frame: string) => (frame === 'in' ? 'in' : null)
const silent = () => null

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  v1: {
    tickets: true,
    address: (port, room, ticket) => ({ port, path: `/chat/${roomName(room)}?auth=${ticket}`, protocol: V1 }),
    enter: (frame) => (frame.startsWith('{"type":"welcome"') ? 'in' : null),
    say: (id, text) => `{"type":"send","id":"${id}","text":"${text}"}`,
    numberAfter: '{"type":"message","offset":',
    aside(frame) {
      if (frame.startsWith('{"type":"refused"')) throw new Error(`the server refused: ${frame}`)
      return null
    },
  },
  // The floor gets the very frames that ours gets, and hands them on as they are.
  floor: {
    tickets: false,
    address: (port, room) => ({ port, path: path(room) }),
    enter: entered,
    say: (id, text) => `{"type":"send","id":"${id}","text":"${text}"}`,
    numberAfter: null,
    aside: silent,
  },
  ws: {
    tickets: false,
    address: (port, room) => ({ port, path: path(room) }),
    enter: entered,
    say: (id, text) => `{"type":"send","id":"${id}","text":"${text}"}`,
    numberAfter: '{"type":"message","number":',
    aside: silent,
  },
  // Engine.IO 4 over WebSocket: 0 opens, 40 enters the namespace, 42 is an event, 2 wants a 3.
  'socket.io': {
    tickets: false,
    address: (port) => ({ port, path: '/socket.io/?EIO=4&transport=websocket' }),
    enter(frame, room) {
      if (frame.startsWith('0')) return { answer: `40{"room":"${roomName(room)}"}` }
      return frame.startsWith('40') ? 'in' : null
    },
    say: (id, text) => `42["say",{"id":"${id}","text":"${text}"}]`,
    numberAfter: null,
    aside: (frame) => (frame === '2' ? '3' : null),
  },
}
