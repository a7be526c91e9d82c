// Somebody who logs in with the password, looks around in a room, searches, and leaves, again and again.
import { logIn, openRoom, renew } from '../../client/index.ts'
import { PASSWORD } from '../../test/support/people.ts'
import type { Tally } from './tally.ts'
import { within } from './visiting.ts'

const STAY_MILLISECONDS = 3_000
const PAUSE_MILLISECONDS = 4_000

export class Visitor {
  readonly #origin: string
  readonly #email: string
  readonly #tally: Tally
  #left = false

  constructor(origin: string, email: string, tally: Tally) {
    this.#origin = origin
    this.#email = email
    this.#tally = tally
    void this.#stay()
  }

  leave(): void {
    this.#left = true
  }

  async #stay(): Promise<void> {
    while (!this.#left) {
      await Bun.sleep(Math.random() * 2 * PAUSE_MILLISECONDS)
      const outcome = await within(this.#visit()).catch((error: unknown) => codeOf(error))
      this.#tally.count(`visits with a password: ${outcome}`)
    }
  }

  async #visit(): Promise<string> {
    const { chats, signIn } = await logIn({ url: this.#origin, email: this.#email, password: PASSWORD, remember: true })
    const room = chats[Math.floor(Math.random() * chats.length)]?.monitor_hash ?? ''
    const ticket = async () => {
      this.#tally.count('tickets by sign-in')
      return (await renew({ url: this.#origin, room, ...(signIn !== undefined && { signIn }) })).ticket
    }
    const chat = openRoom({ url: this.#origin, room, ticket })
    try {
      await Bun.sleep(STAY_MILLISECONDS)
      if (chat.state.connection.status !== 'live') return 'no room'
      await chat.history({ limit: 100 })
      await chat.search('word')
      return 'done'
    } finally {
      chat.close()
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
}
