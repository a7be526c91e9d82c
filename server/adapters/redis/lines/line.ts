// One line to one Redis process. It lives until it breaks, and breaks by itself when nothing comes back; then another is opened.
import type { Place } from './address.ts'
import { afterWhatHasArrived } from './arrived.ts'
import { type Access, type Client, OPEN_MILLISECONDS, openClient, type Reply, reasonOf } from './client.ts'
import { Clock } from './clock.ts'
import { StoreFault } from './fault.ts'
import { Owed, SILENT_MILLISECONDS } from './owed.ts'
import { type Replicas, replicas } from './replicas.ts'
import type { Script } from './script.ts'

export interface LineEvents {
  broken(line: Line, fault: StoreFault): void
  /** A channel is kept by another process now. */
  moved(line: Line, channel: string): void
  /** No replica follows any more. Resolves when it is sure that this is the master still; breaks the line if it is not. */
  alone(line: Line): Promise<void>
}

const BEAT_MILLISECONDS = 1_000
const SWEEP_MILLISECONDS = 50
/** A timely script has to run this much before its caller gives up, so that the answer still arrives. */
const WAY_BACK_MILLISECONDS = 250

export class Line {
  readonly place: Place
  readonly #client: Client
  readonly #events: LineEvents
  readonly #owed = new Owed()
  readonly #timers: readonly Timer[]
  readonly #replicas: Replicas
  readonly #clock = new Clock()
  /** The scripts that Redis was told over this line, by their `sha`. */
  readonly #taught = new Set<string>()
  #runs = 0
  #broken: StoreFault | undefined

  /** Resolves to a line that works; throws `StoreFault`. */
  static async open(place: Place, access: Access, events: LineEvents): Promise<Line> {
    const line = new Line(place, await openClient(place, access), events)
    try {
      await line.#beat(performance.now() + OPEN_MILLISECONDS)
      if (line.#broken) throw line.#broken
      return line
    } catch (error) {
      line.close()
      throw error
    }
  }

  private constructor(place: Place, client: Client, events: LineEvents) {
    this.place = place
    this.#client = client
    this.#events = events
    this.#replicas = replicas({ send: (command) => this.#hand(command), alone: () => events.alone(this) })
    client.on('error', (error: Error) => this.#break(new StoreFault('lost', reasonOf(error), error)))
    client.on('end', () => this.#break(new StoreFault('lost', 'the connection was closed')))
    client.on('sharded-channel-moved', (channel: string) => events.moved(this, channel))
    this.#timers = [
      setInterval(() => this.#sweep(), SWEEP_MILLISECONDS),
      setInterval(() => this.check(), BEAT_MILLISECONDS),
    ]
  }

  get broken(): boolean {
    return this.#broken !== undefined
  }

  /** Throws `StoreFault` by `giveUpAt` (of `performance.now()`), whatever Redis does. */
  send(command: readonly string[], giveUpAt: number, { asking = false } = {}): Promise<Reply> {
    if (asking) this.#ask()
    return this.#owed.within(giveUpAt, this.#hand(command))
  }

  async run(
    script: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
    giveUpAt: number,
    { asking = false } = {},
  ): Promise<Reply> {
    const deadline = script.timely ? [this.#clock.there(giveUpAt - WAY_BACK_MILLISECONDS)] : []
    const rest = [String(keys.length), ...keys, ...deadline, ...args.map(String)]
    const evaluate = (how: string, what: string) => {
      if (asking) this.#ask()
      const name = String(++this.#runs)
      const answer = this.#hand([how, what, ...rest, name]).then((reply) => this.#meantFor(name, reply))
      return this.#owed.within(giveUpAt, script.durable ? this.#replicas.kept(answer) : answer)
    }
    try {
      if (this.#taught.has(script.sha)) return await evaluate('EVALSHA', script.sha)
      // Before there is an answer: whatever follows over this line finds it taught, and nothing has to be sent again and late.
      this.#taught.add(script.sha)
      return await evaluate('EVAL', script.lua)
    } catch (error) {
      this.#taught.delete(script.sha)
      // It was told to forget its scripts: this teaches it.
      if (error instanceof StoreFault && error.code === 'NOSCRIPT') return evaluate('EVAL', script.lua)
      if (error instanceof StoreFault && error.code === 'LATE') {
        this.#clock.forget()
        await this.#beat(giveUpAt)
      }
      throw error
    }
  }

  subscribe(channel: string, hear: (text: string) => void, giveUpAt: number): Promise<void> {
    return this.#owed.within(giveUpAt, this.#owed.answered(0, this.#client.sSubscribe(channel, hear)))
  }

  unsubscribe(channel: string, hear: (text: string) => void): void {
    if (!this.broken) this.#owed.answered(0, this.#client.sUnsubscribe(channel, hear)).catch(() => {}) // It breaks soon, then.
  }

  close(): void {
    this.#end(new StoreFault('lost', 'the connection was closed here'))
  }

  /** Asks at once whether it is still what it was. */
  check(): void {
    this.#beat(performance.now() + SILENT_MILLISECONDS).catch(() => {}) // It breaks, then.
  }

  /** Gives the line up, so that another is opened. */
  giveUp(fault: StoreFault): void {
    this.#break(fault)
  }

  /** Answers go by their order alone: one that is too many, or missing, would give everybody after it what was meant for another. */
  #meantFor(name: string, reply: Reply): Reply {
    if (Array.isArray(reply) && reply.length === 2 && reply[0] === name) return reply[1] ?? null
    throw this.#giveUpGarbled()
  }

  /** Nothing that comes over this line can be believed any more. */
  #giveUpGarbled(): StoreFault {
    const fault = new StoreFault('lost', 'it answers something else than it was asked')
    this.#break(fault)
    return fault
  }

  /** Holds for the next command of the line alone. */
  #ask(): void {
    this.#hand(['ASKING']).catch(() => {}) // That command is told as well.
  }

  #hand(command: readonly string[]): Promise<Reply> {
    if (this.#broken) return Promise.reject(new StoreFault('away', this.#broken.message))
    let characters = 0
    for (const part of command) characters += part.length
    if (!this.#owed.hasRoom(characters)) return Promise.reject(new StoreFault('full', 'too many commands wait for it'))
    return this.#owed.answered(characters, this.#client.sendCommand(command as string[]) as Promise<Reply>)
  }

  #sweep(): void {
    const now = performance.now()
    afterWhatHasArrived(() => {
      this.#owed.refuseOverdue(now)
      if (this.#owed.isSilent(now)) this.#break(new StoreFault('lost', 'it does not answer'))
    })
  }

  /** Asks for its clock and its role: a master that has become a replica is not the one to talk to any more. */
  async #beat(giveUpAt: number): Promise<void> {
    const [time, role] = await Promise.all([this.send(['TIME'], giveUpAt), this.send(['ROLE'], giveUpAt)])
    const [seconds, microseconds] = Array.isArray(time) && time.length === 2 ? time.map(Number) : []
    const [name] = Array.isArray(role) ? role : []
    if (!seconds || !Number.isFinite(microseconds) || (name !== 'master' && name !== 'slave'))
      throw this.#giveUpGarbled()
    this.#clock.learn(seconds, microseconds ?? 0)
    this.#replicas.learn(role)
    if (name === 'slave') this.#break(new StoreFault('READONLY', 'it is a replica, and not the master'))
  }

  #break(fault: StoreFault): void {
    if (!this.#end(fault)) return
    this.#events.broken(this, fault)
  }

  #end(fault: StoreFault): boolean {
    if (this.#broken) return false
    this.#broken = fault
    for (const timer of this.#timers) clearInterval(timer)
    this.#owed.end(fault)
    this.#client.destroy()
    return true
  }
}
