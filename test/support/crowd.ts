// A crowd in one room of two servers: four devices of two members talk, two bare sockets watch, and afterwards all have to agree.
import { disagreements } from './agreement.ts'
import { PATIENCE_MILLISECONDS } from './patience.ts'
import { CUSTOMER, OUTSIDER, SCRUM_MASTER } from './people.ts'
import { endOf, recordedSocket, type Visit, welcomeIn } from './recorded-socket.ts'
import { keptIn, type Pair, ticketsOf } from './redis-place.ts'
import { Talker } from './talker.ts'
import { V1 } from './v1.ts'
import { Watcher } from './watcher.ts'

const SPEAK_MILLISECONDS = 15
/** The whole log is read at once afterwards, and the server gives no more than a thousand events. */
const MOST_SAID = 900
/** However long it takes until so many things are stored, no more than this many times as many are said. */
const MOST_TIMES = 4
/** Where something is wrong, a few sentences about it tell more than all of them. */
const MOST_TOLD = 20

export class Crowd {
  readonly room: string
  readonly talkers: readonly Talker[]
  readonly watchers: readonly Watcher[]
  readonly #servers: Pair
  readonly #redisUrl: string
  readonly #lost = new Set<string>()
  readonly #readings: Visit[] = []
  #talking: Timer | undefined
  #said = 0
  #ends = 0

  /** Everyone has been welcomed. */
  static async gather(servers: Pair, redisUrl: string, room: string, urls?: readonly string[]): Promise<Crowd> {
    const crowd = new Crowd(servers, redisUrl, room, urls)
    await crowd.#until('everyone is here', () => crowd.#present().length === crowd.#everyone.length)
    return crowd
  }

  /** `urls` stand for the servers' own, where something lies in between. */
  private constructor(servers: Pair, redisUrl: string, room: string, urls: readonly string[] = []) {
    const [first, second] = servers
    const at = (place: number) => (urls[place] === undefined ? {} : { url: urls[place] })
    this.#servers = servers
    this.#redisUrl = redisUrl
    this.room = room
    this.talkers = [
      new Talker("the customer's phone", first, CUSTOMER, room, at(0)),
      new Talker("the customer's laptop", second, CUSTOMER, room, { atOnce: 4, ...at(1) }),
      new Talker("the scrum master's desk", first, SCRUM_MASTER, room, { atOnce: 4, ...at(0) }),
      new Talker("the scrum master's phone", second, SCRUM_MASTER, room, at(1)),
    ]
    this.watchers = [
      new Watcher('the first watcher', first, OUTSIDER, room),
      new Watcher('the second watcher', second, OUTSIDER, room),
    ]
  }

  /** Everyone talks, from now until `hush`, or until far more than `count` things are said. */
  talk(count = 50): void {
    const most = Math.min(MOST_SAID, this.#said + MOST_TIMES * count)
    let turn = 0
    this.hush()
    this.#talking = setInterval(() => {
      if (this.#said < most && this.talkers[turn++ % this.talkers.length]?.speak()) this.#said++
    }, SPEAK_MILLISECONDS)
  }

  hush(): void {
    clearInterval(this.#talking)
    this.#talking = undefined
  }

  /** Talks on until `count` more things are known to be stored. */
  async talks(count: number): Promise<void> {
    this.talk(count)
    const enough = this.#stored() + count
    await this.#until(`${count} more things are stored`, () => this.#stored() >= enough)
  }

  /** What has been kept so far was lost on purpose, and none of it has to be there afterwards. */
  forgets(): void {
    for (const visit of this.#visits()) {
      const epoch = welcomeIn(visit)?.epoch
      if (epoch !== undefined) this.#lost.add(epoch)
    }
  }

  /** Everyone stops; what was said is stored or has failed, and everyone has been told the same end. */
  async settle(): Promise<void> {
    this.hush()
    await this.#until('every outbox is empty', () => this.talkers.every(({ isSettled }) => isSettled))
    const end = `the end, for the ${++this.#ends}. time`
    void this.talkers[0]?.say(end)
    await this.hears(end)
  }

  /** Everyone has been told of it, and all are at the same place. */
  async hears(text: string): Promise<void> {
    await this.#until(`everyone has heard ${JSON.stringify(text)}`, () => {
      const here = this.#present()
      const ends = new Set(here.map((visit) => JSON.stringify(endOf(visit))))
      return here.length === this.#everyone.length && ends.size === 1 && here.every((visit) => knows(visit, text))
    })
  }

  /** Lets everyone come to rest, and gives back what does not agree: a sentence each, and none at all if nothing was lost. */
  async disagreements(): Promise<readonly string[]> {
    await this.settle()
    const log = await keptIn(this.#redisUrl, this.room)
    for (const server of this.#servers) await this.#readAll(server, log.epoch)
    const evidence = {
      visits: [...this.#visits(), ...this.#readings],
      log,
      texts: new Set(this.talkers.flatMap(({ texts }) => texts)),
      stored: new Map(this.talkers.flatMap(({ stored }) => [...stored])),
      failed: new Map(this.talkers.flatMap(({ failed }) => [...failed])),
      edits: new Map(this.talkers.flatMap(({ edits }) => [...edits])),
      lost: this.#lost,
    }
    return disagreements(evidence).slice(0, MOST_TOLD)
  }

  /** Why anyone's connection was closed so far, each reason once. */
  get closes(): readonly string[] {
    const closed = this.#visits().flatMap((visit) => (welcomeIn(visit) && visit.closed) || [])
    return [...new Set(closed.map(({ code, reason }) => `${code} ${reason}`.trim()))].sort()
  }

  /** Closes everyone's sockets. */
  leave(): void {
    this.hush()
    for (const one of this.#everyone) one.leave()
  }

  get #everyone(): readonly (Talker | Watcher)[] {
    return [...this.talkers, ...this.watchers]
  }

  #visits(): readonly Visit[] {
    return this.#everyone.flatMap(({ visits }) => visits)
  }

  /** The open connections of those who have been welcomed. */
  #present(): readonly Visit[] {
    return this.#everyone.flatMap(({ visit }) => visit ?? [])
  }

  #stored(): number {
    return this.talkers.reduce((sum, { stored }) => sum + stored.size, 0)
  }

  /** Somebody who comes back after all of it, and is told all of it. */
  async #readAll(server: Pair[number], epoch: string): Promise<void> {
    const who = `a reader at ${server.origin}`
    const ticket = await ticketsOf(server, OUTSIDER)()
    const url = `${server.origin.replace(/^http/, 'ws')}/chat/${encodeURIComponent(this.room)}`
    const Socket = recordedSocket(who, this.#readings)
    const socket = new Socket(`${url}?since=0&epoch=${encodeURIComponent(epoch)}`, [V1, `bearer.${ticket}`])
    await this.#until(`${who} is welcomed`, () => this.#readings.some((visit) => visit.who === who && welcomeIn(visit)))
    socket.close()
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS
    while (!isSo()) {
      if (performance.now() > giveUpAt) throw new Error(`waited in vain until ${what}:\n${this.#account()}`)
      await Bun.sleep(5)
    }
  }

  /** Who is where, and what the servers have said. */
  #account(): string {
    const people = this.#everyone.map(({ visits }) => {
      const last = visits.at(-1)
      return `${last?.who}: ${JSON.stringify({ end: last && endOf(last), closed: last?.closed, visits: visits.length })}`
    })
    const outboxes = this.talkers.map(({ name, room }) => {
      const { connection, outbox } = room.state
      return `${name}: ${JSON.stringify({ connection, waiting: outbox.entries.length, next: outbox.entries[0] })}`
    })
    return [...people, ...outboxes, ...this.#servers.map((server) => server.output().slice(-2_000))].join('\n')
  }
}

function knows(visit: Visit, text: string): boolean {
  const welcome = welcomeIn(visit)
  const told = [...(welcome?.messages ?? []), ...(welcome?.events ?? []), ...visit.frames]
  return told.some((one) => 'text' in one && one.text === text)
}
