// One try at a room's door, byte for byte, and what it was answered.
import type { RefusalBody } from '../../protocol/refusal.ts'
import { ROOM } from './people.ts'
import type { Server } from './server.ts'
import { type Answer, type Frame, type Handshake, handshake, raw } from './wire.ts'

export interface Knock {
  /** The room as the path names it, sent as it stands. */
  readonly segment?: string
  /** Besides those of a handshake; `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
}

/** Headers that turn a handshake into a plain GET. */
export const NO_UPGRADE = {
  Upgrade: null,
  Connection: null,
  'Sec-WebSocket-Version': null,
  'Sec-WebSocket-Key': null,
} as const

/** The other way round: what makes a GET a handshake. */
export const WEBSOCKET = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
} as const

/** A handshake with the ticket in the query; `null` sends none. The socket is the caller's to end. */
export function stepUp(server: Server, ticket: string | null, { segment = ROOM, headers = {} }: Knock = {}) {
  return handshake(server, `/chat/${segment}${ticket === null ? '' : `?auth=${ticket}`}`, headers)
}

/** Tries once and lets go: `'open'`, or the refusal as `'401 ticket_expired'`. */
export async function knock(server: Server, ticket: string | null, how: Knock = {}): Promise<string> {
  return outcome(await stepUp(server, ticket, how))
}

/** As `knock`, for a handshake that was already answered. */
export function outcome(answer: Handshake): string {
  answer.socket.destroy()
  return answer.status === 101 ? 'open' : refusal(answer)
}

/** The refusal as `'401 ticket_expired'`; throws unless it has exactly the shape of rule E1. */
export function refusal(answer: Answer): string {
  const body = JSON.parse(answer.body) as RefusalBody
  const isE1 = Object.keys(body).sort().join() === 'code,message,success' && body.success === false
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true
  if (!isE1 || !isJson || !body.message) throw new Error(`not a refusal of rule E1: ${answer.status} ${answer.body}`)
  return `${answer.status} ${body.code}`
}

/** A request that is written out whole, request line and headers; the body has to be empty. */
export function request(server: Server, line: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const all = { Host: `127.0.0.1:${server.port}`, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return raw(server, `${line}\r\n${lines.join('\r\n')}\r\n\r\n`)
}

/** The code and the reason of a close frame, as `'4010 ticket_expired'`; what else came, as it is. */
export function closeOf(frame: Frame | 'ended'): string {
  if (frame === 'ended') return frame
  if (frame.opcode !== 0x8) return `a frame of opcode ${frame.opcode}: ${frame.payload.toString().slice(0, 80)}`
  if (frame.payload.length < 2) return '1005'
  return `${frame.payload.readUInt16BE(0)} ${frame.payload.subarray(2)}`.trim()
}

/** Knocks with each of these tickets, by what is wrong with it, and gives back those that were not refused like that. */
export async function notRefused(
  server: Server,
  expected: string,
  tickets: Iterable<readonly [what: string, ticket: string]>,
): Promise<readonly string[]> {
  const surprises: string[] = []
  for (const [what, ticket] of tickets) {
    const answer = await knock(server, encodeURIComponent(ticket))
    if (answer !== expected) surprises.push(`${what}: ${answer}`)
  }
  return surprises
}
