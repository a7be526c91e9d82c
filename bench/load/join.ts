// Coming into rooms that differ in nothing but how much has been said there.
import { accountOf, emailOf } from '../place.ts'
import { DIALECTS } from './dialects.ts'
import { openLine } from './line.ts'
import { signTicket } from './tickets.ts'

export interface JoinJob {
  readonly kind: 'join'
  readonly port: number
  readonly secret: string
  readonly accountsPerRoom: number
  /** The rooms to come into, one after the other. */
  readonly rooms: readonly number[]
}

/** Milliseconds from the request to the welcome, by join. */
export interface JoinOutcome {
  readonly milliseconds: readonly number[]
}

export async function runJoin({ port, secret, accountsPerRoom, rooms }: JoinJob): Promise<JoinOutcome> {
  const milliseconds: number[] = []
  for (const room of rooms) {
    const account = accountOf(room, 0, accountsPerRoom)
    const ticket = await signTicket(account, emailOf(account), secret)
    const welcomed = Promise.withResolvers<void>()
    const startedAt = performance.now()
    const line = await openLine(
      DIALECTS.v1.address(port, room, ticket),
      (_, bytes, from) => {
        if (bytes[from + 9] !== 'w'.charCodeAt(0)) return // {"type":"welcome": anything else comes later.
        milliseconds.push(performance.now() - startedAt)
        welcomed.resolve()
      },
      (why) => welcomed.reject(new Error(why)),
    )
    await welcomed.promise
    line.cut()
    await Bun.sleep(2)
  }
  return { milliseconds }
}
