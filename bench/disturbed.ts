// People who talk in one room of a server on a core of its own, so that something else can try to disturb them.
import { cpus } from 'node:os'
import { quantile } from './figures.ts'
import { runRoom } from './latency.ts'
import { pinLoad, startPinned } from './pinned-server.ts'

const ROOM = 'w32tgse'

export interface Talk {
  readonly members: number
  readonly perSecond: number
  readonly seconds: number
}

/** Milliseconds until a message was delivered. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

interface Admission {
  readonly sign_in: string
  readonly chats: readonly { readonly monitor_hash: string }[]
}

export class Disturbed {
  readonly origin: string
  /** Other rooms of whoever talks. */
  readonly elsewhere: readonly string[]
  readonly #talk: Talk
  readonly #signIn: string
  readonly #stop: () => Promise<void>

  /** The demo account with this email talks; `settings` are variables of the server's environment. */
  static async open(email: string, talk: Talk, settings: Readonly<Record<string, string>>): Promise<Disturbed> {
    pinLoad()
    const { origin, stop } = await startPinned(settings)
    const credentials = { email, password: 'password', remember: 'token' }
    const admission = (await (await post(origin, '/login', credentials)).json()) as Admission
    return new Disturbed(origin, talk, admission, stop)
  }

  private constructor(origin: string, talk: Talk, { sign_in, chats }: Admission, stop: () => Promise<void>) {
    this.origin = origin
    this.elsewhere = chats.map(({ monitor_hash }) => monitor_hash).filter((room) => room !== ROOM)
    this.#talk = talk
    this.#signIn = sign_in
    this.#stop = stop
  }

  /** What all of it was measured under, for a reader. */
  get conditions(): string {
    const { members, perSecond, seconds } = this.#talk
    return `${members} members, ${perSecond} messages/s, ${seconds} s a round, server on one core (${cpus()[0]?.model})`
  }

  async ticket(): Promise<string> {
    const answer = await post(this.origin, '/tickets', {}, { Authorization: `Bearer ${this.#signIn}` })
    return ((await answer.json()) as { token: string }).token
  }

  /** A round of talk, while whatever `disturb` begins goes on; it gives back what ends that. Throws unless every message came once, in order. */
  async measure(disturb: () => Promise<() => void | Promise<void>>): Promise<Latency> {
    const { members, perSecond, seconds } = this.#talk
    const tickets = await Promise.all(Array.from({ length: members }, () => this.ticket()))
    const letGo = await disturb()
    const url = (token: string) => `${this.origin.replace(/^http/, 'ws')}/chat/${ROOM}?auth=${token}`
    const { deliveries, expected, doubled, outOfOrder, latencies } = await runRoom({ url, tickets, perSecond, seconds })
    await letGo()
    if (deliveries !== expected || doubled > 0 || outOfOrder > 0)
      throw new Error(`${deliveries} of ${expected} deliveries, ${doubled} doubled, ${outOfOrder} out of order`)
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1) }
  }

  stop(): Promise<void> {
    return this.#stop()
  }
}

export function post(
  origin: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = { 'Content-Type': 'application/json', ...headers }
  return fetch(origin + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
}
