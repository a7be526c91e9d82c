// What an attack must not disturb: two people talk until it is over, nothing of it is lost, and the process is the same one.
import { expect } from 'bun:test'
import { type MeetingPlace, take } from './meeting.ts'
import type { PlainMessage } from './people.ts'

const LEAST_SAID = 20

/** Attacks while the customer talks to the scrum master, and gives back what came of it. */
export async function meanwhile<Result>(place: MeetingPlace, attack: () => Promise<Result>): Promise<Result> {
  const { server } = place
  const pid = server.pid
  const { speaker, witness } = await place.meet()
  let over = false
  const attacking = attack().finally(() => {
    over = true
  })
  attacking.catch(() => undefined) // It is awaited below.
  const said: PlainMessage[] = []
  while (!over || said.length < LEAST_SAID) {
    said.push(await speaker.say(`word ${said.length}`))
    await Bun.sleep(5) // People pause: what is said without one would be a load of its own.
  }
  const result = await attacking
  expect(await take(witness, said.length)).toEqual(said)
  expect(said.map(({ id }) => Number(id))).toEqual(said.map((_, index) => index + 1))
  expect((await fetch(`${server.origin}/health`)).status).toBe(200)
  expect(server.pid).toBe(pid)
  for (const socket of [speaker, witness]) await socket.close()
  return result
}
