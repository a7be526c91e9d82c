// People and programs as they use the chat: log in, open a room, say something, hear the others.
import type { Chat } from '../../protocol/chat.ts'
import { deadline } from './patience.ts'
import type { Server } from './server.ts'

export const PASSWORD = 'password'
export const CUSTOMER = 'customer@example.com'
export const SCRUM_MASTER = 'scrum.master@example.com'
export const OUTSIDER = 'outsider@example.com'
export const ROOM = 'w32tgse'

export interface AdmissionBody {
  readonly token: string
  readonly expires_at: string
  readonly chats: readonly Chat[]
  readonly sign_in?: string
}

export interface PlainMessage {
  readonly id: string
  readonly messageId: string
  readonly email: string
  readonly timestamp: string
  readonly text: string
}

export function post(
  server: Server,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return fetch(server.origin + path, {
    method: 'POST',
    headers: { ...json, ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** As the server said at its start: demo accounts that others can reach have a password of their own. */
export function passwordAt(server: Server): string {
  return /log in with the password "([^"]+)"/.exec(server.output())?.[1] ?? PASSWORD
}

/** Logs in with the password, once; a fresh ticket for each later opening comes from the sign-in, which costs no hashing. */
export class Person {
  readonly server: Server
  readonly email: string
  readonly signIn: string
  readonly chats: readonly Chat[]

  private constructor(server: Server, email: string, admission: AdmissionBody) {
    this.server = server
    this.email = email
    this.signIn = admission.sign_in ?? ''
    this.chats = admission.chats
  }

  static async logIn(server: Server, email: string, password = passwordAt(server)): Promise<Person> {
    const answer = await post(server, '/login', { email, password, remember: 'token' })
    if (answer.status !== 200) throw new Error(`${email} could not log in: ${await answer.text()}`)
    return new Person(server, email, (await answer.json()) as AdmissionBody)
  }

  async ticket(monitorId?: string): Promise<string> {
    const body = monitorId === undefined ? undefined : { monitor_id: monitorId }
    const answer = await post(this.server, '/tickets', body, this.bearer)
    if (answer.status !== 200) throw new Error(`${this.email} got no ticket: ${await answer.text()}`)
    return ((await answer.json()) as AdmissionBody).token
  }

  /** Headers that tell whose sign-in asks. */
  get bearer(): Record<string, string> {
    return { Authorization: `Bearer ${this.signIn}` }
  }

  /** Opens the room with a fresh ticket. */
  async open(room = ROOM): Promise<PlainSocket> {
    return PlainSocket.open(this.server, room, await this.ticket())
  }
}

/** One open socket that speaks the plain protocol. */
export class PlainSocket {
  readonly frames: string[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #socket: WebSocket
  #heard = Promise.withResolvers<void>()
  #read = 0

  static async open(server: Server, room: string, ticket: string): Promise<PlainSocket> {
    const url = `${server.origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(room)}?auth=${ticket}`
    const socket = new WebSocket(url, { tls: { rejectUnauthorized: false } } as unknown as string)
    const plain = new PlainSocket(socket)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () => reject(new Error(`could not open ${room}`)))
    })
    return plain
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(String(data))
      this.#heard.resolve()
      this.#heard = Promise.withResolvers()
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        resolve({ code, reason })
        this.#heard.resolve()
      })
    })
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame)
  }

  /** The next frame that has not been taken yet. */
  async next(): Promise<string> {
    const late = deadline(() => `no frame after ${this.frames.length}`)
    try {
      while (this.frames.length <= this.#read) {
        if (!this.isOpen) throw new Error('the socket was closed before another frame came')
        await Promise.race([this.#heard.promise, late.promise])
      }
    } finally {
      late.keep()
    }
    return this.frames[this.#read++] ?? ''
  }

  async nextMessage(): Promise<PlainMessage> {
    return JSON.parse(await this.next()) as PlainMessage
  }

  /** Says something and waits until it comes back. */
  async say(text: string): Promise<PlainMessage> {
    this.send(text)
    for (;;) {
      const message = await this.nextMessage()
      if (message.text === text) return message
    }
  }

  /** Every message up to the one with this text, which is taken too. */
  async upTo(text: string): Promise<readonly PlainMessage[]> {
    const taken: PlainMessage[] = []
    for (;;) {
      const message = await this.nextMessage()
      taken.push(message)
      if (message.text === text) return taken
    }
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.closed
  }
}
