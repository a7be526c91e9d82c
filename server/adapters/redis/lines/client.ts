// The library's client, opened within bounds.
import { createClient, ErrorReply } from '@redis/client'
import type { Place } from './address.ts'
import { afterWhatHasArrived } from './arrived.ts'
import { faultOfReply, StoreFault } from './fault.ts'

/** What a script or a command answers. */
export type Reply = string | number | null | readonly Reply[]

/** How to get in. */
export interface Access {
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
}

export const OPEN_MILLISECONDS = 1_500

/** One question to one process, over a line of its own. */
export async function askOnce(place: Place, access: Access, command: readonly string[]): Promise<Reply> {
  const client = await openClient(place, access)
  try {
    return await inTime(client.sendCommand([...command]) as Promise<Reply>)
  } catch (error) {
    throw error instanceof ErrorReply ? faultOfReply(error.message) : awayFault(error)
  } finally {
    client.destroy()
  }
}

export type Client = ReturnType<typeof clientTo>

export async function openClient(place: Place, access: Access): Promise<Client> {
  const client = clientTo(place, access)
  client.on('error', () => {}) // Told by connect() as well, and later to whoever holds the line.
  try {
    await inTime(client.connect())
  } catch (error) {
    client.destroy()
    throw error instanceof ErrorReply ? faultOfReply(error.message) : awayFault(error)
  }
  return client
}

function clientTo({ host, port }: Place, { tls, username, password, database }: Access) {
  return createClient({
    // A line that breaks is replaced as a whole, by whoever uses it: the library's own waiting has no bounds.
    socket: { host, port, reconnectStrategy: false, connectTimeout: OPEN_MILLISECONDS, ...(tls ? { tls } : {}) },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    name: 'propromo-chat',
    RESP: 3,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandOptions: { timeout: 0 }, // A timer a command would cost more than the command: see #sweep.
  })
}

function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new StoreFault('away', 'it does not answer'))
    const timer = setTimeout(() => afterWhatHasArrived(refuse), OPEN_MILLISECONDS)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function awayFault(error: unknown): StoreFault {
  return error instanceof StoreFault ? error : new StoreFault('away', reasonOf(error), error)
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ECONNREFUSED') return 'nothing listens there'
  if ('code' in error && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')) return 'there is no such host'
  return error.message
}
