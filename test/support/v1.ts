// A client that speaks the v1 protocol: it keeps every frame in the order in which they came, and finds answers by their id.
import type { Chat } from '../../protocol/chat.ts'
import type { Member, MemberState, WireLimits, WireMessage } from '../../protocol/v1.ts'
import { deadline } from './patience.ts'
import type { Server } from './server.ts'

export type { WireMessage } from '../../protocol/v1.ts'

export const V1 = 'propromo.chat.v1'

interface Stamp {
  readonly offset: number
  readonly at: string
  readonly by: string
}

/** Rule V4. */
export type EventFrame = Stamp &
  (
    | { readonly type: 'message'; readonly text: string; readonly reply_to?: string; readonly client_id?: string }
    | { readonly type: 'edited'; readonly message: string; readonly text: string }
    | { readonly type: 'deleted'; readonly message: string }
    | { readonly type: 'reacted'; readonly message: string; readonly emoji: string; readonly on: boolean }
    | { readonly type: 'pinned'; readonly message: string; readonly on: boolean }
  )

export interface WelcomeFrame {
  readonly type: 'welcome'
  readonly room: Chat
  readonly you: Member
  readonly epoch: string
  readonly offset: number
  readonly resumed: boolean
  readonly messages: readonly WireMessage[]
  readonly events: readonly EventFrame[]
  readonly members: readonly MemberState[]
  readonly limits: WireLimits
}

type Answer<Type extends string, Fields> = { readonly type: Type; readonly id: string } & Readonly<Fields>
export type Sent = Answer<'sent', { offset: number; at: string }>
export type History = Answer<'history', { messages: readonly WireMessage[]; more: boolean; after?: number }>
export type Pins = Answer<'pins', { messages: readonly WireMessage[]; more: boolean }>
export type Search = Answer<'search', { messages: readonly WireMessage[]; more: boolean; before?: number }>
export type Refused = Answer<'refused', { code: string; message: string; retry_after?: number }>

export type ServerFrame =
  | WelcomeFrame
  | EventFrame
  | Sent
  | History
  | Search
  | Pins
  | Refused
  | { readonly type: 'presence'; readonly email: string; readonly online: boolean }
  | { readonly type: 'typing'; readonly email: string; readonly on: boolean }
  | { readonly type: 'read'; readonly email: string; readonly upto: number }
  | { readonly type: 'pong' }

type Answers = Sent | Refused | History | Search | Pins
type FrameOf<Type extends ServerFrame['type']> = ServerFrame & { readonly type: Type }

/** A client's frame, well formed or not. What wants an answer gets an id unless it brings one. */
export type ClientFrame = { readonly type: string } & Readonly<Record<string, unknown>>

export interface Opening {
  /** Where to go on from (rule V3), or anything else that stands in the query. */
  readonly query?: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string>>
  /** Instead of those that carry the ticket. */
  readonly protocols?: readonly string[]
}

const EVENTS: ReadonlySet<string> = new Set(['message', 'edited', 'deleted', 'reacted', 'pinned'])

let ids = 0

export function freshId(): string {
  return `frame ${++ids}`
}

export function isEvent(frame: ServerFrame): frame is EventFrame {
  return EVENTS.has(frame.type)
}

export class V1Socket {
  /** Everything that came, in order. */
  readonly frames: ServerFrame[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly #socket: WebSocket
  #ended: { readonly code: number; readonly reason: string } | undefined
  #news = Promise.withResolvers<void>()
  #read = 0

  /** Opens the room and has been welcomed. */
  static async open(server: Server, room: string, ticket: string, opening: Opening = {}): Promise<V1Socket> {
    const socket = V1Socket.dial(server, room, ticket, opening)
    await socket.next('welcome')
    return socket
  }

  /** Only tries: the socket may be closed before a single frame comes. */
  static dial(server: Server, room: string, ticket: string, opening: Opening = {}): V1Socket {
    const { query = {}, headers = {}, protocols = [V1, `bearer.${ticket}`] } = opening
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) search.append(name, String(value))
    const url = `${server.origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(room)}?${search}`
    return new V1Socket(new WebSocket(url, { protocols: [...protocols], headers: { ...headers } }))
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as ServerFrame)
      this.#tell()
    })
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.#ended = { code, reason }
        this.#tell()
        resolve(this.#ended)
      })
    })
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** What the server answered the offered subprotocols with. */
  get protocol(): string {
    return this.#socket.protocol
  }

  get welcome(): WelcomeFrame {
    const [first] = this.frames
    if (first?.type !== 'welcome') throw new Error(`the first frame is no welcome: ${JSON.stringify(first)}`)
    return first
  }

  /** The events that came live, after the welcome. */
  get events(): readonly EventFrame[] {
    return this.frames.filter(isEvent)
  }

  send(frame: ClientFrame | string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame))
  }

  /** The next frame of this type that has not been passed yet; everything before it is passed too. */
  async next<Type extends ServerFrame['type']>(
    type: Type,
    where: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    const matches = (frame: ServerFrame): frame is FrameOf<Type> => frame.type === type && where(frame as FrameOf<Type>)
    const [frame, index] = await this.#first(this.#read, matches, type)
    this.#read = index + 1
    return frame
  }

  /** The event with this offset, once it is here; passes nothing. */
  async event(offset: number): Promise<EventFrame> {
    const matches = (frame: ServerFrame): frame is EventFrame => isEvent(frame) && frame.offset === offset
    const [frame] = await this.#first(0, matches, `event ${offset}`)
    return frame
  }

  /** Sends the frame and waits for what answers its id. */
  async ask(frame: ClientFrame): Promise<Answers> {
    const asked = { id: freshId(), ...frame }
    const from = this.frames.length
    this.send(asked)
    const answers = (other: ServerFrame): other is Answers => 'id' in other && other.id === asked.id
    const [answer] = await this.#first(from, answers, `answer to ${JSON.stringify(asked).slice(0, 200)}`)
    return answer
  }

  /** As `ask`, for what is taken. */
  async change(frame: ClientFrame): Promise<Sent> {
    return expected('sent', await this.ask(frame))
  }

  say(text: string, more: Readonly<Record<string, unknown>> = {}): Promise<Sent> {
    return this.change({ type: 'send', text, ...more })
  }

  /** Says them all without waiting in between; gives back what became of the last. */
  async pour(texts: readonly string[]): Promise<Sent> {
    const frames = texts.map((text) => ({ type: 'send', id: freshId(), text }))
    for (const frame of frames.slice(0, -1)) this.send(frame)
    const last = await this.change(frames.at(-1) ?? { type: 'send', text: '' })
    const refused = this.frames.find(({ type }) => type === 'refused')
    if (refused) throw new Error(`not everything was taken: ${JSON.stringify(refused)}`)
    return last
  }

  /** As `ask`, for what is refused. */
  async refusal(frame: ClientFrame): Promise<Refused> {
    return expected('refused', await this.ask(frame))
  }

  async history(range: Readonly<Record<string, number | string>> = {}): Promise<History> {
    return expected('history', await this.ask({ type: 'history', ...range }))
  }

  async search(query: string, range: Readonly<Record<string, number>> = {}): Promise<Search> {
    return expected('search', await this.ask({ type: 'search', query, ...range }))
  }

  async pins(range: Readonly<Record<string, number>> = {}): Promise<Pins> {
    return expected('pins', await this.ask({ type: 'pins', ...range }))
  }

  /** The message in its present state. */
  async message(id: string): Promise<WireMessage> {
    const { messages } = await this.history({ before: Number(id) + 1, limit: 1 })
    const [message] = messages
    if (message?.id !== id) throw new Error(`there is no message ${id}, but ${JSON.stringify(message)}`)
    return message
  }

  /** Waits until everything that the server has sent to this socket so far is here. */
  async settle(): Promise<void> {
    const from = this.frames.length
    this.send({ type: 'ping' })
    await this.#first(from, (frame): frame is FrameOf<'pong'> => frame.type === 'pong', 'pong')
  }

  /** Waits until the server has closed it, and gives back code and reason: `4500 bad_frame`. */
  async ending(): Promise<string> {
    const late = deadline(() => 'no close')
    try {
      const { code, reason } = await Promise.race([this.closed, late.promise])
      return `${code} ${reason}`.trim()
    } finally {
      late.keep()
    }
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.closed
  }

  async #first<Frame extends ServerFrame>(
    from: number,
    matches: (frame: ServerFrame) => frame is Frame,
    what: string,
  ): Promise<[frame: Frame, index: number]> {
    const late = deadline(() => `no ${what} after frame ${from}, but at last ${this.#last()}`)
    try {
      for (let index = from; ; index++) {
        while (index >= this.frames.length) {
          if (this.#ended) throw new Error(`closed ${this.#ended.code} ${this.#ended.reason} before the ${what}`)
          await Promise.race([this.#news.promise, late.promise])
        }
        const frame = this.frames[index]
        if (frame && matches(frame)) return [frame, index]
      }
    } finally {
      late.keep()
    }
  }

  #last(): string {
    return JSON.stringify(this.frames.at(-1))?.slice(0, 200) ?? 'none'
  }

  #tell(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }
}

function expected<Type extends ServerFrame['type']>(type: Type, frame: ServerFrame): FrameOf<Type> {
  if (frame.type === type) return frame as FrameOf<Type>
  throw new Error(`not ${type}, but ${JSON.stringify(frame).slice(0, 300)}`)
}
