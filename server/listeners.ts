// What listens on the port: one server, and while a certificate is changed, those before it, until their last socket has gone.

/** The runtime cannot change the certificate of a server, but a second one may take over its port. */
export class Listeners<Data, Certificate> {
  readonly url: URL
  readonly #open: (port: number, renewed?: Certificate) => Bun.Server<Data>
  #newest: Bun.Server<Data>
  /** They take nobody new. */
  readonly #before = new Set<Bun.Server<Data>>()

  /** `open` listens on the port, which it must be ready to share, with the renewed certificate where there is one. */
  constructor(port: number, open: (port: number, renewed?: Certificate) => Bun.Server<Data>) {
    this.#open = open
    this.#newest = open(port)
    this.url = this.#newest.url
  }

  /** To all that have subscribed, whichever of them has their socket. */
  publish(topic: string, text: string): void {
    this.#newest.publish(topic, text)
    for (const server of this.#before) server.publish(topic, text)
  }

  /** New connections get this certificate from now on; throws when it cannot be used, and then nothing has changed. */
  renew(certificate: Certificate): void {
    const before = this.#newest
    this.#newest = this.#open(before.port ?? 0, certificate) // An address does not tell the port where it is the usual one.
    this.#before.add(before)
    const forget = () => this.#before.delete(before)
    before.stop().then(forget, forget)
  }

  /** Takes nobody new; resolves when everyone has gone. With `force` they go at once. */
  async stop(force = false): Promise<void> {
    await Promise.all([this.#newest, ...this.#before].map((server) => server.stop(force)))
  }
}
