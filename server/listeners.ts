// What listens on the port: one server, and beside it those that took people before it, until their last socket has gone.

/** The runtime can neither change the certificate of a server nor let it pause, but another one may take over its port. */
export class Listeners<Data, Certificate> {
  readonly url: URL
  readonly #port: number
  readonly #open: (port: number, renewed?: Certificate) => Bun.Server<Data>
  #renewed: Certificate | undefined
  /** Nobody, while it pauses. */
  #taking: Bun.Server<Data> | null
  /** With the one that takes people, all that have somebody. */
  readonly #servers = new Set<Bun.Server<Data>>()

  /** `open` listens on the port, which it must be ready to share, with the renewed certificate where there is one. */
  constructor(port: number, open: (port: number, renewed?: Certificate) => Bun.Server<Data>) {
    this.#open = open
    const first = open(port)
    this.#taking = first
    this.#servers.add(first)
    this.url = first.url
    this.#port = first.port ?? 0 // An address does not tell the port where it is the usual one.
  }

  /** To all that have subscribed, whichever of them has their socket. */
  publish(topic: string, text: string): void {
    for (const server of this.#servers) server.publish(topic, text)
  }

  /** New connections get this certificate from now on; throws when it cannot be used, and then nothing has changed. A pause goes on. */
  renew(certificate: Certificate): void {
    const isPaused = this.#taking === null
    this.#take(certificate)
    this.#renewed = certificate
    if (isPaused) this.pause()
  }

  /** Takes nobody new for now: they are refused, and not left waiting. Twice is harmless. */
  pause(): void {
    this.#letGo()
    this.#taking = null
  }

  /** Throws when it cannot listen. Twice is harmless. */
  resume(): void {
    if (this.#taking === null) this.#take(this.#renewed)
  }

  /** Takes nobody new; resolves when everyone has gone. With `force` they go at once. */
  async stop(force = false): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.stop(force)))
  }

  #take(certificate: Certificate | undefined): void {
    const next = this.#open(this.#port, certificate)
    this.#letGo()
    this.#taking = next
    this.#servers.add(next)
  }

  #letGo(): void {
    const before = this.#taking
    if (!before) return
    const forget = () => this.#servers.delete(before)
    before.stop().then(forget, forget)
  }
}
