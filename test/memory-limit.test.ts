// The memory that the manifest for Kubernetes grants is enough for as many people as docs/deploy.md says.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Processes } from './support/processes.ts'
import type { V1Socket } from './support/v1.ts'
import { come } from './support/v1-place.ts'

const MANIFEST = join(import.meta.dir, '../deploy/kubernetes/deployment.yaml')
const SOCKETS = 500

let chat: Processes
beforeAll(async () => {
  chat = await Processes.open()
})
afterAll(() => chat.remove())

test('a process with 500 sockets in one room, where everyone says something, stays within the limit', async () => {
  const { server, people } = chat.one
  const room = await chat.room()
  const sockets: V1Socket[] = []
  const everyone = [people.scrumMaster, people.customer, people.guest]
  while (sockets.length < SOCKETS) {
    sockets.push(...(await Promise.all(everyone.map((person) => come(person, room)))))
  }
  for (const socket of sockets) await socket.say('x'.repeat(200))
  const [, limit] = /limits: \{memory: (\d+)Mi\}/.exec(readFileSync(MANIFEST, 'utf8')) ?? []
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  expect(Number(peak) / 1024).toBeLessThan(Number(limit))
})
