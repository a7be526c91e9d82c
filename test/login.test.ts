// What a login takes and what it answers (rules L1 to L3).
import { beforeAll, expect, test } from 'bun:test'
import { installed } from './support/installation.ts'
import {
  type AdmissionBody,
  CUSTOMER,
  OUTSIDER,
  PASSWORD,
  PlainSocket,
  post,
  ROOM,
  SCRUM_MASTER,
} from './support/people.ts'
import { admitted, expectRefusal, postBytes } from './support/requests.ts'
import { BAKERY_CHAT, laravelHash, RAILWAY, RAILWAY_CHAT } from './support/tables.ts'

const OLD_HASH = '$2y$10$0ld./monitor.Hash/With.Slashes.And$Dollars.Oe7'

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '0' })

beforeAll(async () => {
  await place.propromo.addMonitor({ monitor_hash: OLD_HASH, pat_token: 'ghp_nobodyMaySeeThis' })
  await place.propromo.addAccount('überall+&=%@example.com', await laravelHash('Grüße & =+% 🚂'), OLD_HASH)
})

const logIn = (email: string, monitorId?: string, password = PASSWORD) =>
  post(place.server, '/login', { email, password, ...(monitorId === undefined ? {} : { monitor_id: monitorId }) })

test('[L1] JSON, form and multipart are the same login, also with a charset and in other letters', async () => {
  const fields = { email: 'überall+&=%@example.com', password: 'Grüße & =+% 🚂', monitor_id: OLD_HASH }
  const form = new URLSearchParams(fields).toString()
  const parts = Object.entries(fields).map(
    ([name, value]) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const multipart = `${parts.join('')}--edge--\r\n`
  const logins: readonly [string, string][] = [
    ['application/json', JSON.stringify(fields)],
    ['application/json; charset=utf-8', JSON.stringify(fields)],
    ['Application/JSON;charset="UTF-8"', JSON.stringify(fields)],
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded; charset=UTF-8', form],
    ['multipart/form-data; boundary=edge', multipart],
    ['multipart/form-data; charset=utf-8; boundary="edge"', multipart],
  ]
  for (const [type, body] of logins) {
    for (const chunked of [false, true]) {
      const { chats } = await admitted(await postBytes(place.server, '/login', body, { type, chunked }))
      expect(chats.map(({ monitor_hash }) => monitor_hash)).toEqual([OLD_HASH])
    }
  }
})

test('[L1] any other type, and none, is 415', async () => {
  const body = JSON.stringify({ email: CUSTOMER, password: PASSWORD })
  const types = [
    '',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/json-patch+json',
    'application/xml',
    'application/octet-stream',
    'multipart/mixed; boundary=edge',
    '*/*',
    'json',
  ]
  for (const type of types) {
    await expectRefusal(await postBytes(place.server, '/login', body, { type }), 415, 'unsupported_media_type')
  }
  const untyped = await fetch(`${place.server.origin}/login`, { method: 'POST', body: Buffer.from(body) })
  await expectRefusal(untyped, 415, 'unsupported_media_type')
})

test('[L2] the answer is a ticket, its end and the chats, and nothing else', async () => {
  const answer = await admitted(await logIn(CUSTOMER))
  const { exp } = JSON.parse(Buffer.from(answer.token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
  expect(answer as unknown).toEqual({
    token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    expires_at: new Date(exp * 1000).toISOString().replace('.000Z', 'Z'),
    chats: [BAKERY_CHAT], // Once, although the customer joined it twice.
  })
})

test('[L2] a chat has its nine fields with the values of the columns, first joined first', async () => {
  const { chats } = await admitted(await logIn(SCRUM_MASTER))
  expect(chats).toEqual([BAKERY_CHAT, RAILWAY_CHAT])
})

test('[L2] what is null in the columns is null in the chat, and no other column is told', async () => {
  const answer = await logIn('überall+&=%@example.com', undefined, 'Grüße & =+% 🚂')
  const text = await answer.text()
  expect(text).not.toContain('ghp_nobodyMaySeeThis')
  expect((JSON.parse(text) as AdmissionBody).chats).toEqual([
    {
      monitor_hash: OLD_HASH,
      organization_name: null,
      type: 'USER',
      title: null,
      short_description: null,
      public: null,
      created_at: null,
      updated_at: null,
      project_url: null,
    },
  ])
})

test('[L2] dates are UTC without a fraction, whatever the database is set to', async () => {
  await place.propromo.sql`ALTER DATABASE postgres SET TimeZone = 'America/New_York'`
  await place.propromo.sql`ALTER DATABASE postgres SET DateStyle = 'German, DMY'`
  await place.propromo.sql`ALTER TABLE monitors ALTER COLUMN updated_at TYPE timestamp(6)`
  await place.propromo.sql`UPDATE monitors SET updated_at = '2026-10-16 05:00:12.987654' WHERE monitor_hash = ${ROOM}`
  await place.server.stop()
  await place.server.restart()
  const { chats } = await admitted(await logIn(CUSTOMER))
  expect(chats).toEqual([BAKERY_CHAT])
})

test('[L3] a monitor id may be given as it is stored, decoded, encoded, or as a whole join link', async () => {
  const forms = [
    RAILWAY,
    decodeURIComponent(RAILWAY),
    encodeURIComponent(RAILWAY),
    `https://propromo.example/join/${RAILWAY}`,
    `https://propromo.example/join/${RAILWAY}/`,
    `https://propromo.example/join/${RAILWAY}?from=mail#top`,
    `  https://propromo.example/join/${RAILWAY}\n`,
    `/join/${RAILWAY}`,
    `join/${RAILWAY}`,
  ]
  for (const form of forms) {
    const answer = await logIn(SCRUM_MASTER, form)
    expect([form, answer.status]).toEqual([form, 200])
    expect((await admitted(answer)).chats).toEqual([RAILWAY_CHAT])
  }
})

test('[L3] an old monitor hash with dollars and slashes works bare, encoded and as a link', async () => {
  for (const form of [OLD_HASH, encodeURIComponent(OLD_HASH), `https://propromo.example/join/${OLD_HASH}`]) {
    const answer = await logIn('überall+&=%@example.com', form, 'Grüße & =+% 🚂')
    expect((await admitted(answer)).chats.map(({ monitor_hash }) => monitor_hash)).toEqual([OLD_HASH])
  }
})

test('[L3] an empty monitor id is none', async () => {
  expect((await admitted(await logIn(SCRUM_MASTER, ''))).chats).toHaveLength(2)
  const body = { email: SCRUM_MASTER, password: PASSWORD, monitor_id: null }
  expect((await admitted(await post(place.server, '/login', body))).chats).toHaveLength(2)
})

test('[L3] no access: outsiders and rooms that do not exist get the same answer', async () => {
  const outside = await expectRefusal(await logIn(OUTSIDER, ROOM), 403, 'no_access')
  expect(await expectRefusal(await logIn(CUSTOMER, RAILWAY), 403, 'no_access')).toBe(outside)
  for (const unknown of [
    'nowhere',
    'W32TGSE',
    `${ROOM}x`,
    '%',
    '%00',
    '../',
    "' OR 1=1 --",
    '\ud800',
    ROOM.repeat(999),
  ]) {
    expect(await expectRefusal(await logIn(CUSTOMER, unknown), 403, 'no_access')).toBe(outside)
  }
})

test('[L3] a wrong password learns nothing about rooms', async () => {
  const inside = await expectRefusal(await logIn(CUSTOMER, ROOM, 'wrong'), 401, 'wrong_credentials')
  expect(await expectRefusal(await logIn(CUSTOMER, 'nowhere', 'wrong'), 401, 'wrong_credentials')).toBe(inside)
})

test('[L3] an account that follows nothing has no chats', async () => {
  await expectRefusal(await logIn(OUTSIDER), 403, 'no_chats')
})

test('[L3] a ticket for one monitor opens that one alone', async () => {
  const { token, chats } = await admitted(await logIn(SCRUM_MASTER, ROOM))
  expect(chats).toEqual([BAKERY_CHAT])
  await expectRefusal(await fetch(`${place.server.origin}/chat/${RAILWAY}?auth=${token}`), 403, 'no_access')
  const open = await PlainSocket.open(place.server, ROOM, token)
  expect((await open.say('in the one room')).text).toBe('in the one room')
  await open.close()

  const both = await admitted(await logIn(SCRUM_MASTER))
  for (const room of [ROOM, RAILWAY]) await (await PlainSocket.open(place.server, room, both.token)).close()
})
