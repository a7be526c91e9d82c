// What a member and an address may have open holds over all processes together, and comes back by itself when one of them is gone.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import { GONE_MILLISECONDS } from '../server/ports/broker.ts'
import { closeOf, refusal } from './support/door.ts'
import type { Person } from './support/people.ts'
import { Processes, type ServerProcess } from './support/processes.ts'
import { until } from './support/redis.ts'
import { V1 } from './support/v1.ts'
import { type Handshake, handshake } from './support/wire.ts'

let chat: Processes
let room: string
let open: Handshake[] = []
const LIMITS = { LIMIT_SOCKETS_PER_MEMBER: '4', LIMIT_SOCKETS_PER_ADDRESS: '6' }
let addresses = 40

beforeAll(async () => {
  chat = await Processes.open({ environment: LIMITS })
  room = await chat.room()
})
afterEach(letGo)
afterAll(() => chat.remove())

function letGo(): void {
  for (const { socket } of open) socket.destroy()
  open = []
}

async function come(at: ServerProcess, person: Person, from: string, v1 = true): Promise<string> {
  return comeWith(at, await person.ticket(), from, v1)
}

async function comeWith(at: ServerProcess, ticket: string, from: string, v1 = true): Promise<string> {
  const target = `/chat/${encodeURIComponent(room)}?auth=${ticket}`
  const answer = await handshake(at.server, target, v1 ? { 'Sec-WebSocket-Protocol': V1 } : {}, { from })
  if (answer.status !== 101) {
    answer.socket.destroy()
    return refusal(answer)
  }
  open.push(answer)
  if (!v1) return 'open'
  const frame = await answer.socket.frame()
  return frame !== 'ended' && frame.opcode === 1 ? 'open' : closeOf(frame)
}

/** Nobody has come from there before. */
function elsewhere(): string {
  return `127.0.0.${++addresses}`
}

/** What was given back, or is nobody's any more, is known a moment later. */
function comesInTheEnd(at: ServerProcess, person: Person, from = elsewhere()): Promise<void> {
  return until('there is room', async () => (await come(at, person, from)) === 'open', 2 * GONE_MILLISECONDS)
}

test('[C9] of what a member opens at two processes at once exactly one too many is refused, and it costs nobody else anything', async () => {
  const { one, two } = chat
  const from = elsewhere()
  const tries = [one, two, one, two, one].map((at) => come(at, at.people.guest, from))
  const answers = await Promise.all(tries)
  expect(answers.filter((answer) => answer === 'open')).toHaveLength(4)
  expect(answers.filter((answer) => answer === '4029 too_many')).toHaveLength(1)
  expect(await come(two, two.people.guest, from, false)).toBe('429 too_many')
  expect(await come(one, one.people.customer, elsewhere())).toBe('open')
  letGo()
  await comesInTheEnd(two, two.people.guest)
})

test('[C9] an address has its limit over all processes too', async () => {
  const { one, two } = chat
  const from = elsewhere()
  for (const at of [one, two, one]) await comesInTheEnd(at, at.people.customer, from)
  for (const at of [two, one, two]) await comesInTheEnd(at, at.people.scrumMaster, from)
  expect(await come(one, one.people.customer, from)).toBe('4029 too_many')
  expect(await come(one, one.people.customer, elsewhere())).toBe('open')
})

test('[C9] what a killed process held is free within its lease; after a stop, at once', async () => {
  const { one } = chat
  for (const [end, who] of [
    ['kill', 'customer'],
    ['stop', 'scrumMaster'],
  ] as const) {
    const ending = await chat.join()
    for (let count = 0; count < 4; count++) await comesInTheEnd(ending, ending.people[who])
    expect(await come(one, one.people[who], elsewhere())).toBe('4029 too_many')
    await ending.server[end]()
    if (end === 'stop') expect(await come(one, one.people[who], elsewhere())).toBe('open')
    else await comesInTheEnd(one, one.people[who])
    letGo()
  }
})

test('[C9] after Redis was away, what is open counts as before', async () => {
  const { one, two } = chat
  for (const at of [one, two, one, two]) await comesInTheEnd(at, at.people.scrumMaster)
  const ticket = await one.people.scrumMaster.ticket()
  await chat.redis.kill()
  await chat.redis.restart()
  await until('all are counted', async () => Number(await chat.redis.cli('EVAL', COUNTED, '0')) === 4)
  await until('the next is refused', async () => (await comeWith(two, ticket, elsewhere())) === '4029 too_many')
})

/** The most that is stated of one subject. */
const COUNTED = `
local most = 0
for _, key in ipairs(redis.call('KEYS', 'propromo:seats:*')) do
  local sum = 0
  for _, said in ipairs(redis.call('HVALS', key)) do sum = sum + tonumber(string.match(said, '^%d+')) end
  most = math.max(most, sum)
end
return most`
