// Bodies that no login should be sent with (rule L4).
import { expect, test } from 'bun:test'
import { installed } from './support/installation.ts'
import { CUSTOMER, PASSWORD, post, ROOM } from './support/people.ts'
import { expectRefusal, type PostOptions, postBytes } from './support/requests.ts'

const FORM = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=edge'
const RIGHT = { email: CUSTOMER, password: PASSWORD }
const MOST_BYTES = 16 * 1024

const place = installed({ LIMIT_LOGINS_PER_MINUTE: '0' })

const send = (body: string | Uint8Array, options: PostOptions = {}) => postBytes(place.server, '/login', body, options)
const part = (name: string, value: string, more = '') =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`

/** JSON of a right login, with white space up to exactly this many bytes. */
function padded(bytes: number): string {
  const json = JSON.stringify(RIGHT)
  return json + ' '.repeat(bytes - json.length)
}

test('[L4] a missing or empty email or password is named', async () => {
  const without = [
    [{}, 'email'],
    [{ email: CUSTOMER }, 'password'],
    [{ password: PASSWORD }, 'email'],
    [{ email: '', password: PASSWORD }, 'email'],
    [{ email: CUSTOMER, password: '' }, 'password'],
    [{ email: null, password: PASSWORD }, 'email'],
    [{ email: CUSTOMER, password: null }, 'password'],
    [{ Email: CUSTOMER, PASSWORD }, 'email'],
  ] as const
  for (const [body, field] of without) {
    expect(await expectRefusal(await post(place.server, '/login', body), 400, 'missing_credentials')).toContain(field)
  }
  for (const [type, body] of [
    [FORM, ''],
    [FORM, 'email=&password='],
    [FORM, `email=${CUSTOMER}`],
    [MULTIPART, `${part('email', CUSTOMER)}--edge--\r\n`],
  ] as const) {
    await expectRefusal(await send(body, { type }), 400, 'missing_credentials')
  }
})

test('[L4] what does not parse is malformed', async () => {
  const json = [
    '',
    ' ',
    '{',
    '{"email":',
    '{"email":"a" "password":"b"}',
    "{'email':'a'}",
    'email=a',
    '\0',
    '{}{}',
    'undefined',
  ]
  for (const body of json) await expectRefusal(await send(body), 400, 'malformed_body')
  for (const body of ['null', '[]', '["email","password"]', '"email"', '42', 'true', '[[]]']) {
    await expectRefusal(await send(body), 400, 'malformed_body')
  }
  for (const body of ['', 'nothing of the kind', '--other\r\n\r\n--other--', '--edge\r\n']) {
    await expectRefusal(await send(body, { type: MULTIPART }), 400, 'malformed_body')
  }
  const unbounded = await send(`${part('email', CUSTOMER)}--edge--\r\n`, { type: 'multipart/form-data' })
  await expectRefusal(unbounded, 400, 'malformed_body')
})

test('[L4] bytes that are no UTF-8 are malformed', async () => {
  for (const bad of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    const json = Buffer.concat([
      Buffer.from(`{"email":"${CUSTOMER}`),
      Buffer.from(bad),
      Buffer.from('","password":"x"}'),
    ])
    await expectRefusal(await send(json), 400, 'malformed_body')
    const form = Buffer.concat([Buffer.from('email=a&password='), Buffer.from(bad)])
    await expectRefusal(await send(form, { type: FORM }), 400, 'malformed_body')
  }
})

test('[L4] a field of the wrong type is named', async () => {
  for (const field of ['email', 'password', 'monitor_id', 'remember']) {
    for (const value of [1, 1.5, true, false, [], ['a'], {}, { a: 1 }]) {
      const answer = await post(place.server, '/login', { ...RIGHT, [field]: value })
      expect(await expectRefusal(answer, 400, 'malformed_body')).toContain(`"${field}"`)
    }
  }
})

test('[L4] a file where a text belongs is a field of the wrong type', async () => {
  for (const field of ['email', 'password', 'monitor_id']) {
    const others = Object.entries({ ...RIGHT, monitor_id: ROOM }).filter(([name]) => name !== field)
    const file = part(field, 'text', '; filename="a.txt"\r\nContent-Type: text/plain')
    const body = `${others.map(([name, value]) => part(name, value)).join('')}${file}--edge--\r\n`
    expect(await expectRefusal(await send(body, { type: MULTIPART }), 400, 'malformed_body')).toContain(`"${field}"`)
  }
})

test('[L4] nesting 8,000 deep is refused, or ignored where nobody asked, and the server lives on', async () => {
  const deep = '['.repeat(8_000) + ']'.repeat(8_000)
  await expectRefusal(await send(deep), 400, 'malformed_body')
  await expectRefusal(await send('['.repeat(16_000)), 400, 'malformed_body')
  await expectRefusal(await send('{"a":'.repeat(3_000)), 400, 'malformed_body')
  expect(await expectRefusal(await send(`{"email":${deep},"password":"x"}`), 400, 'malformed_body')).toContain(
    '"email"',
  )
  expect((await send(`{"email":"${CUSTOMER}","password":"${PASSWORD}","more":${deep}}`)).status).toBe(200)
})

test('[L4] keys that reach for prototypes change nothing', async () => {
  const admin = { ...RIGHT, email: 'nobody@example.com' }
  for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
    await expectRefusal(await send(`{"${key}":${JSON.stringify(RIGHT)}}`), 400, 'missing_credentials')
    await expectRefusal(await send(`${key}=1&${key}[email]=${CUSTOMER}`, { type: FORM }), 400, 'missing_credentials')
    const beside = `{"${key}":${JSON.stringify(admin)},${JSON.stringify(RIGHT).slice(1)}`
    expect((await send(beside)).status).toBe(200)
  }
  await expectRefusal(await send('{"password":"x"}'), 400, 'missing_credentials')
})

test('[L4] NUL bytes, SQL and lone surrogates in a field are only wrong', async () => {
  const emails = [
    `${CUSTOMER}\0`,
    '\0',
    `${CUSTOMER}' --`,
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '$1',
    `${CUSTOMER.toUpperCase()}`,
    ` ${CUSTOMER}`,
    '%',
    '\ud800',
    'a'.repeat(10_000),
  ]
  for (const email of emails)
    await expectRefusal(await post(place.server, '/login', { ...RIGHT, email }), 401, 'wrong_credentials')
  for (const password of [`${PASSWORD}\0`, `\0${PASSWORD}`, '\0', '\ud800', `${PASSWORD} `, PASSWORD.toUpperCase()]) {
    await expectRefusal(await post(place.server, '/login', { ...RIGHT, password }), 401, 'wrong_credentials')
  }
  for (const monitor_id of [`${ROOM}\0`, '\0', `\0${ROOM}`, `${ROOM}%00`, `${ROOM}' --`]) {
    await expectRefusal(await post(place.server, '/login', { ...RIGHT, monitor_id }), 403, 'no_access')
  }
  expect((await post(place.server, '/login', RIGHT)).status).toBe(200)
})

test('[L4] 16 KiB are read, one byte more is not, whether its length is told beforehand or not', async () => {
  for (const chunked of [false, true]) {
    expect((await send(padded(MOST_BYTES), { chunked })).status).toBe(200)
    for (const path of ['/login', '/tickets', '/logout']) {
      const answer = await postBytes(place.server, path, padded(MOST_BYTES + 1), { chunked })
      await expectRefusal(answer, 413, 'body_too_large')
    }
  }
  for (const type of [FORM, MULTIPART, 'text/plain']) {
    await expectRefusal(await send('x'.repeat(MOST_BYTES + 1), { type, chunked: true }), 413, 'body_too_large')
  }
})

test('[L4] wrong password and unknown email get the same words', async () => {
  const known = await expectRefusal(
    await post(place.server, '/login', { ...RIGHT, password: 'x' }),
    401,
    'wrong_credentials',
  )
  const unknown = await post(place.server, '/login', { ...RIGHT, email: 'nobody@example.com' })
  expect(await expectRefusal(unknown, 401, 'wrong_credentials')).toBe(known)
})
