// As many people in one room as docs/deploy.md speaks of: what a process takes for them at the most.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { Processes } from './support/processes.ts'
import type { V1Socket } from './support/v1.ts'
import { come } from './support/v1-place.ts'

const SOCKETS = 500
/** What Propromo's own manifest grants a process. Ours grants more, for many rooms: this is about one. */
const MOST_MEBIBYTES = 128

let chat: Processes
beforeAll(async () => {
  chat = await Processes.open()
})
afterAll(() => chat.remove())

test('a process with 500 sockets in one room, where everyone says something, takes less than 128 MiB', async () => {
  const { server, people } = chat.one
  const room = await chat.room()
  const sockets: V1Socket[] = []
  const everyone = [people.scrumMaster, people.customer, people.guest]
  while (sockets.length < SOCKETS) {
    sockets.push(...(await Promise.all(everyone.map((person) => come(person, room)))))
  }
  for (const socket of sockets) await socket.say('x'.repeat(200))
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  expect(Number(peak) / 1024).toBeLessThan(MOST_MEBIBYTES)
})
