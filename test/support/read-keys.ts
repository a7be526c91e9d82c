// What the server makes of an environment with keys: the tickets that they sign and believe, or what is wrong with them.
import { expect } from 'bun:test'
import { tmpdir } from 'node:os'
import { type TicketKeys, Tickets } from '../../server/chat/ticket.ts'
import { ConfigFaults, Faults } from '../../server/faults.ts'
import { readKeys } from '../../server/keys.ts'

const ACCOUNT = { id: '2', email: 'customer@example.com', name: 'Käthe', passwordMark: 'mark' }

export type Environment = Readonly<Record<string, string>>
type Fault = readonly [variable: string, environment: Environment, remedy: string]

export function read(environment: Environment): { keys: TicketKeys | null; told: readonly string[] } {
  const faults = new Faults()
  const keys = readKeys(environment, faults)
  try {
    faults.throwIfAny()
  } catch (error) {
    if (error instanceof ConfigFaults) return { keys, told: error.faults }
    throw error
  }
  return { keys, told: [] }
}

export function good(environment: Environment): TicketKeys {
  const { keys, told } = read(environment)
  if (!keys || told.length > 0) throw new Error(`these keys should do: ${told.join('\n')}`)
  return keys
}

/** Each is one fault, told as `VARIABLE: what it held; what would do`, with no piece of a secret in it. */
export function expectFaults(faults: readonly Fault[]): void {
  for (const [variable, environment, remedy] of faults) {
    const { told } = read(environment)
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${variable}: [^;]+; .*${remedy.replace(/[.]/g, '\\.')}`))])
    const { DEV_MODE: _, JWT_ALGORITHM: __, ...secrets } = environment
    expect(Object.values(secrets).filter((held) => isSecret(held) && shows(told.join(), held))).toEqual([])
  }
}

function isSecret(held: string): boolean {
  return held.length > 5 && !held.startsWith(tmpdir()) // A path is none.
}

/** Whether any 12 characters of the secret, or all of a shorter one, stand in the text. */
function shows(text: string, secret: string): boolean {
  const width = Math.min(12, secret.length)
  const pieces = Array.from({ length: secret.length - width + 1 }, (_, start) => secret.slice(start, start + width))
  return pieces.some(
    (piece) => !piece.includes('-----') && !/ (?:PRIVATE|PUBLIC)? ?KEY/.test(piece) && text.includes(piece),
  )
}

function ticketsOf(keys: TicketKeys): Tickets {
  return new Tickets(keys, Date.now, (bytes) =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url'),
  )
}

export async function issued(keys: TicketKeys): Promise<string> {
  return (await ticketsOf(keys).issue(ACCOUNT, 'sign-in', null)).token
}

async function believes(keys: TicketKeys, token: string): Promise<string> {
  return ticketsOf(keys)
    .read(token)
    .then(
      ({ account }) => account,
      ({ code }: { code: string }) => code,
    )
}

export async function expectRotation(before: TicketKeys, after: TicketKeys): Promise<void> {
  expect(await believes(after, await issued(before))).toBe(ACCOUNT.id)
  expect(await believes(after, await issued(after))).toBe(ACCOUNT.id)
  expect(await believes(before, await issued(after))).toBe('ticket_invalid')
}

export async function expectNoRotation(before: TicketKeys, after: TicketKeys): Promise<void> {
  expect(await believes(after, await issued(before))).toBe('ticket_invalid')
}
