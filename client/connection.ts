// A connection to one room that comes back: one socket at a time, a fresh ticket for each, and a state that says what is going on.
import type { Cursor } from '../protocol/event.ts'
import { parseServerFrame, type ServerFrame } from '../protocol/v1-server-frames.ts'
import { type Remedy, remedyFor, type Verdict, verdictOn, type Why, waitMilliseconds } from './coming-back.ts'
import { type Door, knock, noTicket } from './door.ts'
import { Pulse } from './pulse.ts'
import type { SocketLike, WakeUp, World } from './world.ts'

export type ConnectionState =
  /** Getting a ticket and opening the socket. */
  | { readonly status: 'connecting' }
  /** The socket is open; what was missed is on its way. */
  | { readonly status: 'catching_up' }
  | { readonly status: 'live' }
  /** The next attempt is at `until`, in milliseconds since 1970. */
  | { readonly status: 'waiting'; readonly until: number; readonly why: Why }
  /** As `waiting`; but the machine says that it has no network, and the attempt comes as soon as it has. */
  | { readonly status: 'offline'; readonly until: number; readonly why: Why }
  /** For good. */
  | { readonly status: 'ended'; readonly why: Why; readonly remedy: Remedy }

export interface Listener {
  /** Where to go on from; asked before every attempt. `null` begins afresh. */
  cursor(): Cursor | null
  /** Every frame from the welcome on, in order. */
  hear(frame: ServerFrame): void
  /** The state is another one. At a welcome, `hear` is called instead. */
  change(): void
  /** Something came that makes no sense. It has been passed over. */
  fault(sentence: string): void
}

const CONNECT_MILLISECONDS = 15_000
/** A connection that held for this long was a good one: the next one does not wait for its failures. */
const STEADY_MILLISECONDS = 10_000
const WOKEN_APART_MILLISECONDS = 1_000
const LONGEST_WAIT_MILLISECONDS = 3_600_000

export class Connection {
  readonly #door: Door
  readonly #listener: Listener
  readonly #world: World
  readonly #pulse: Pulse
  #stopListening: () => void = () => undefined
  #state: ConnectionState = { status: 'connecting' }
  #socket: SocketLike | null = null
  /** Another one for every attempt, so that what belongs to an earlier one is recognised and ignored. */
  #attempt = 0
  #failures = 0
  #triedAt = 0
  #liveAt = 0
  /** A server that asked for time is not tried before. */
  #notBefore = 0
  #callOff: () => void = () => undefined

  constructor(door: Door, listener: Listener, world: World) {
    this.#door = door
    this.#listener = listener
    this.#world = world
    const dead = () => this.#lost({ comeBack: 'soon', why: SILENT })
    this.#pulse = new Pulse(world, { ping: () => void this.send('{"type":"ping"}'), dead })
  }

  /** The first attempt; everything after that happens by itself, until `close()`. */
  open(): void {
    this.#stopListening = this.#world.wake.listen((by) => this.#woken(by))
    this.#try()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Only while `live`; what it says otherwise is lost, and it says so. */
  send(frame: string): boolean {
    if (this.#state.status !== 'live' || !this.#socket) return false
    this.#socket.send(frame)
    return true
  }

  /** Somebody does not want to wait: tries at once, or makes sure that what is there is alive. */
  tryNow(): void {
    this.#woken('online')
  }

  /** Lets go of the socket, for a reason that the server does not know of, and comes back. */
  comeBack(why: Why): void {
    if (this.#socket) this.#lost({ comeBack: 'soon', why })
  }

  /** For good. Closing twice is harmless. */
  close(): void {
    this.#end({ code: 'closed', message: 'The connection was closed here' }, 'none')
  }

  async #try(): Promise<void> {
    const attempt = ++this.#attempt
    this.#triedAt = this.#world.now()
    this.#arm(CONNECT_MILLISECONDS, () => this.#lost({ comeBack: 'soon', why: TIMED_OUT }))
    this.#become({ status: 'connecting' })
    try {
      const ticket = await this.#door.ticket()
      if (attempt === this.#attempt) this.#open(ticket)
    } catch (error) {
      if (attempt === this.#attempt) this.#noTicket(error)
    }
  }

  #noTicket(error: unknown): void {
    const { code, message, retry, retryAfterSeconds } = noTicket(error)
    this.#notBefore = this.#world.now() + retryAfterSeconds * 1000
    if (retry) this.#lost({ comeBack: 'soon', why: { code, message } })
    else this.#end({ code, message }, remedyFor(code))
  }

  #open(ticket: string): void {
    const socket = knock(this.#door, ticket, this.#listener.cursor(), this.#world.WebSocket)
    if (socket) this.#listenTo(socket)
    else this.#end(CANNOT_OPEN, 'report')
  }

  #listenTo(socket: SocketLike): void {
    this.#socket = socket
    const ours = (work: () => void) => () => {
      if (socket === this.#socket) work()
    }
    socket.addEventListener(
      'open',
      ours(() => this.#become({ status: 'catching_up' })),
    )
    socket.addEventListener('message', ({ data }) => ours(() => this.#receive(data))())
    socket.addEventListener('close', ({ code, reason }) => ours(() => this.#lost(verdictOn(code, reason)))())
    socket.addEventListener('error', () => undefined) // Its close comes too, and says more.
  }

  #receive(data: unknown): void {
    this.#pulse.heard()
    const { frame, fault } = typeof data === 'string' ? parseServerFrame(data) : { fault: 'a binary frame came' }
    if (fault !== undefined) this.#listener.fault(fault)
    if (!frame) return
    if (frame.type === 'welcome') {
      this.#liveAt = this.#world.now()
      this.#state = { status: 'live' }
      this.#callOff()
      this.#pulse.watch()
    }
    if (this.#state.status === 'live') this.#listener.hear(frame)
  }

  #woken(by: WakeUp): void {
    if (this.#state.status === 'live') this.#pulse.doubt()
    else if (by === 'offline') this.#noteOffline()
    else if (this.#mayTry(by)) {
      this.#letGo()
      this.#try()
    }
  }

  #mayTry(by: WakeUp): boolean {
    const { status } = this.#state
    const now = this.#world.now()
    if (status === 'ended' || now < this.#notBefore || Math.abs(now - this.#triedAt) < WOKEN_APART_MILLISECONDS)
      return false
    // An attempt that is under way may hang in the network of before; but only the network's word is reason to begin again.
    return by === 'online' || status === 'waiting' || status === 'offline'
  }

  #noteOffline(): void {
    if (this.#state.status === 'waiting') this.#become({ ...this.#state, status: 'offline' })
  }

  #lost(verdict: Verdict): void {
    if (verdict.comeBack === 'never') this.#end(verdict.why, verdict.remedy)
    else this.#wait(verdict.why, verdict.comeBack === 'spread')
  }

  #wait(why: Why, spread: boolean): void {
    const { random, wake } = this.#world
    const now = this.#world.now()
    const wasSteady = this.#state.status === 'live' && now - this.#liveAt >= STEADY_MILLISECONDS
    if (wasSteady) this.#failures = 0
    this.#letGo()
    const jittered = waitMilliseconds(this.#failures++, spread, random)
    const wait = Math.min(Math.max(jittered, this.#notBefore - now), LONGEST_WAIT_MILLISECONDS)
    this.#arm(wait, () => this.#try())
    this.#become({ status: wake.online() ? 'waiting' : 'offline', until: now + wait, why })
  }

  #end(why: Why, remedy: Remedy): void {
    if (this.#state.status === 'ended') return
    this.#letGo()
    this.#stopListening()
    this.#become({ status: 'ended', why, remedy })
  }

  /** Of the socket, of what it may still say, and of whatever was to happen. */
  #letGo(): void {
    this.#attempt += 1
    this.#callOff()
    this.#pulse.stop()
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #arm(milliseconds: number, work: () => void): void {
    this.#callOff()
    this.#callOff = this.#world.after(milliseconds, work)
  }

  #become(state: ConnectionState): void {
    this.#state = state
    this.#listener.change()
  }
}

const TIMED_OUT: Why = { code: 'timed_out', message: 'The chat did not answer in time' }
const SILENT: Why = { code: 'silent', message: 'The connection was lost: nothing came for too long' }
const CANNOT_OPEN: Why = {
  code: 'cannot_open',
  message: 'Cannot open the connection: the address, or the ticket, is one that no WebSocket takes',
}
