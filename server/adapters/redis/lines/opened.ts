// A connection at work: finds the line that a command needs, tries again what may be tried again, and looks after what is open.
import { type Address, describeAddress } from './address.ts'
import type { Reply } from './client.ts'
import { type Connection, PATIENCE_MILLISECONDS } from './connection.ts'
import { StoreFault, unavailable } from './fault.ts'
import type { Line } from './line.ts'
import { Lines, nameOf } from './lines.ts'
import { Outage } from './outage.ts'
import { type Route, routeTo } from './route.ts'
import { type Script, script } from './script.ts'
import { type Listener, type Subscription, Subscriptions } from './subscriptions.ts'

/** KEYS: a key. ARGV: a command on it. As a script, so that its answer too tells what it answers. */
const COMMAND = script(['return redis.call(unpack(ARGV))'])

type Ask = (line: Line, giveUpAt: number, asking: boolean) => Promise<Reply>

/** More than these waiting means that Redis has stopped: saying so beats promising. */
const MOST_WAITING = 20_000
const FIRST_PAUSE_MILLISECONDS = 20
const LONGEST_PAUSE_MILLISECONDS = 200
const LOOK_MILLISECONDS = 1_000
/** For so long after its last replica has left a master may have been replaced without anybody telling. */
const HANDOVER_MILLISECONDS = 1_300
/** How often it is asked whether keys are still kept where they were. */
const LOOKS_A_REFRESH = 5

export class Opened implements Connection {
  readonly #kind: Address['kind']
  readonly #route: Route
  readonly #lines: Lines
  readonly #subscriptions: Subscriptions
  readonly #outage: Outage
  readonly #looking: Timer
  readonly #waiting = new Set<Promise<unknown>>()
  /** By the key, while Redis cannot answer: what was asked for later waits as well, so that it does not overtake what is tried again. */
  readonly #pauses = new Map<string, Promise<void>>()
  #looks = 0
  #lookUnderWay = false
  #whole = true
  #closed = false

  constructor(address: Address) {
    this.#kind = address.kind
    this.#route = routeTo(address, address)
    this.#lines = new Lines(address, {
      broken: (_line, fault) => this.#noticed(fault),
      alone: (line) => this.#masterStill(line),
    })
    this.#subscriptions = new Subscriptions(this.#route, address)
    this.#outage = new Outage(describeAddress(address))
    this.#looking = setInterval(() => void this.#look(), LOOK_MILLISECONDS)
  }

  get answering(): boolean {
    return this.#whole && !this.#closed
  }

  /** Opens a line to every process that keeps keys. */
  async reach(): Promise<void> {
    const places = await this.#route.places()
    await Promise.all(places.map((place) => this.#lines.to(place)))
  }

  run(script: Script, keys: readonly [string, ...string[]], args: readonly (string | number)[] = []): Promise<Reply> {
    const ask = (line: Line, giveUpAt: number, asking: boolean) => line.run(script, keys, args, giveUpAt, { asking })
    return this.#ask(keys[0], script.repeatable, ask)
  }

  send(key: string, command: readonly string[], { repeatable = false } = {}): Promise<Reply> {
    const ask = (line: Line, giveUpAt: number, asking: boolean) =>
      line.run(COMMAND, [key], command, giveUpAt, { asking })
    return this.#ask(key, repeatable, ask)
  }

  askServer(key: string, command: readonly string[]): Promise<Reply> {
    const ask = (line: Line, giveUpAt: number, asking: boolean) => line.send(command, giveUpAt, { asking })
    return this.#ask(key, true, ask)
  }

  async scan(pattern: string): Promise<readonly string[]> {
    try {
      const places = await this.#route.places()
      const found = await Promise.all(places.map(async (place) => scanned(await this.#lines.to(place), pattern)))
      return [...new Set(found.flat())]
    } catch (error) {
      if (error instanceof StoreFault) throw this.#refused(error)
      throw error
    }
  }

  async publish(channel: string, text: string): Promise<void> {
    await this.send(channel, ['SPUBLISH', channel, text])
  }

  async subscribe(channel: string, listener: Listener): Promise<Subscription> {
    if (this.#closed) throw unavailable(undefined)
    try {
      return await this.#subscriptions.subscribe(channel, listener, performance.now() + PATIENCE_MILLISECONDS)
    } catch (error) {
      if (error instanceof StoreFault) throw unavailable(error)
      throw error
    }
  }

  onRecovered(hear: () => void): () => void {
    return this.#outage.onRecovered(hear)
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#waiting])
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#looking)
    this.#subscriptions.close()
    this.#lines.close()
  }

  #ask(key: string, repeatable: boolean, ask: Ask): Promise<Reply> {
    if (this.#closed || this.#waiting.size >= MOST_WAITING) return Promise.reject(unavailable(undefined))
    const answer = this.#askPatiently(key, repeatable, ask)
    this.#waiting.add(answer)
    const done = () => void this.#waiting.delete(answer)
    answer.then(done, done)
    return answer
  }

  async #askPatiently(key: string, repeatable: boolean, ask: Ask): Promise<Reply> {
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS
    let elsewhere: Line | undefined
    await this.#pauses.get(key)
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS)) {
      try {
        const line = elsewhere ?? (await this.#lines.keeping(key, this.#route, giveUpAt))
        const answer = await ask(line, giveUpAt, elsewhere !== undefined)
        this.#outage.answered()
        return answer
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error
        this.#noticed(error)
        elsewhere = error.code === 'ASK' ? this.#askedElsewhere(error) : undefined
        const again = error.mayPass && (repeatable || !error.mayHaveRun) && !this.#closed
        if (!again || performance.now() + pause >= giveUpAt) throw this.#refused(error)
        if (error.code !== 'MOVED' && !elsewhere) await this.#pause(key, pause)
        if (this.#closed) throw this.#refused(error)
      }
    }
  }

  /** All that wait for the key go on together, in the order in which they were asked for. */
  #pause(key: string, milliseconds: number): Promise<void> {
    const paused = this.#pauses.get(key) ?? Bun.sleep(milliseconds).then(() => void this.#pauses.delete(key))
    this.#pauses.set(key, paused)
    return paused
  }

  /** The slot is on its way to another node, and this key is there already. */
  #askedElsewhere({ message }: StoreFault): Line | undefined {
    const [, host, port] = /^ASK \d+ (\S+):(\d+)$/.exec(message) ?? []
    if (!host) return undefined
    const there = { host, port: Number(port) }
    // Until there is a line to it, the old node is asked again.
    return this.#lines.at(there) ?? void this.#lines.to(there).catch(() => {})
  }

  #noticed(fault: StoreFault): void {
    this.#route.doubt(fault)
    // A replica only says so to whoever writes: the next line leads to the master.
    if (fault.code === 'READONLY') for (const line of this.#lines) line.check()
  }

  /** Sentinels look once a second whether the replica that they chose is the master by now, and only then tell. */
  async #masterStill(line: Line): Promise<void> {
    if (this.#kind === 'single') return
    const sureAt = performance.now() + HANDOVER_MILLISECONDS
    while (performance.now() < sureAt && !line.broken && !this.#closed) {
      await this.#route.refresh().catch(() => {}) // Who cannot be asked does not make another the master.
      const places = await this.#route.places().catch(() => [])
      if (places.length > 0 && !places.some((place) => nameOf(place) === nameOf(line.place))) {
        return line.giveUp(new StoreFault('lost', 'another is the master now'))
      }
      await Bun.sleep(HANDOVER_MILLISECONDS / 10)
    }
  }

  #refused(fault: StoreFault): unknown {
    if (!this.#closed) this.#outage.failed(fault)
    return unavailable(fault)
  }

  /** Notices what nobody has asked for: a stopped Redis, a new master, a node that is back. */
  async #look(): Promise<void> {
    if (this.#lookUnderWay) return
    this.#lookUnderWay = true
    try {
      if (this.#looks++ % LOOKS_A_REFRESH === 0) {
        await this.#route.refresh()
        await this.#subscriptions.follow()
      }
      await this.reach()
      this.#whole = true
      this.#outage.answered()
    } catch (error) {
      this.#whole = false
      if (error instanceof StoreFault) this.#refused(error)
      else console.error(`looking after the message store failed: ${error}`)
    } finally {
      this.#lookUnderWay = false
    }
  }
}

async function scanned(line: Line, pattern: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS
    const reply = await line.send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000'], giveUpAt, { asking: false })
    const [next, keys] = Array.isArray(reply) ? reply : ['0', []]
    cursor = String(next)
    if (Array.isArray(keys)) found.push(...keys.map(String))
  }
  return found
}
