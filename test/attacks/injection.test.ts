// Words that want to be more: a line of the log, a command to a terminal, a prototype, a path to another file.
import { afterAll, expect, test } from 'bun:test'
import { cheapAccounts } from '../support/accounts.ts'
import { commanded } from '../support/commands.ts'
import { request, stepUp, WEBSOCKET } from '../support/door.ts'
import { CUSTOMER, PASSWORD, Person } from '../support/people.ts'
import { until } from '../support/redis.ts'
import { postBytes } from '../support/requests.ts'
import { type Environment, type Server, startServer, UNLIMITED } from '../support/server.ts'
import { come, V1Place } from '../support/v1-place.ts'
import { raw } from '../support/wire.ts'

const FORGED = 'FORGED all is well'
/** What ends a line, or speaks to a terminal: C0 and C1 controls, line separators, and what turns the direction of a text. */
const HOSTILE = [
  '\n',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u001b[2K',
  '\u009b2J',
  '\u009d0;x\u0007',
  '\u007f',
  '\u202e',
  '\u2066',
]
const LINE_END = /[\n\r\u2028\u2029]/
const UNSAFE = /[^\P{Cc}\n]|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

const servers: Server[] = []
afterAll(() => Promise.all(servers.map((server) => server.remove())))

async function start(environment: Environment): Promise<Server> {
  const talkative = { LIMIT_LOGINS_PER_MINUTE: '0', LOG_LEVEL: 'debug' }
  const server = await startServer({ ...talkative, ...(await cheapAccounts()), ...environment })
  servers.push(server)
  return server
}

/** As a header carries it: its bytes, each as a letter. */
const inHeader = (text: string) =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[\r\n]/g, '')

/** Puts it wherever somebody may put words: email, password, agent, path, query, room, proxy, the request's name, its method. */
async function everywhere(server: Server, word: string): Promise<void> {
  const coded = encodeURIComponent(word)
  const headers = { 'User-Agent': inHeader(word), 'X-Request-Id': inHeader(word), 'X-Forwarded-For': inHeader(word) }
  const bytes = (text: string) => raw(server, Buffer.from(text, 'latin1')).catch(() => undefined)
  for (const path of [`/${coded}`, `/chat/${coded}?auth=${coded}`, `/assets/${coded}`, `/rooms/${coded}/export`]) {
    await request(server, `GET ${path} HTTP/1.1`, {})
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    await bytes(`GET ${path} HTTP/1.1\r\nHost: chat\r\n${lines.join('')}\r\n`)
    await bytes(`GET /${inHeader(word)} HTTP/1.1\r\nHost: chat\r\n\r\n`)
  }
  await stepUp(server, coded, { segment: coded, headers: WEBSOCKET }).then(({ socket }) => socket.destroy())
  await bytes(`G${inHeader(word)}T / HTTP/1.1\r\nHost: chat\r\n\r\n`)
  await postBytes(server, '/login', JSON.stringify({ email: `${word}@b.example`, password: word, monitor_id: word }))
  await postBytes(server, `/sign-ins/${coded}/end`, '')
}

for (const format of ['text', 'json']) {
  test(`[E2] as ${format}, at the most talkative level, nobody writes a line of the log or speaks to a terminal`, async () => {
    const place = await V1Place.open({ ...UNLIMITED, LOG_LEVEL: 'debug', LOG_FORMAT: format })
    const { server, propromo, people } = place
    try {
      for (const hostile of HOSTILE) {
        const word = `x${hostile}${FORGED}`
        await everywhere(server, word)
        if (LINE_END.test(hostile)) continue
        // Rooms are told in the log by their names, whatever those are; none with the end of a line in its name can be opened.
        await propromo.addMonitor({ monitor_hash: word })
        await propromo.join(CUSTOMER, word)
        await (await come(people.customer, word)).close()
      }
      const closed = () => server.output().split('a socket was closed').length - 1
      await until(
        'all of it is told',
        async () => closed() >= HOSTILE.filter((hostile) => !LINE_END.test(hostile)).length,
      )
      expect(UNSAFE.exec(server.output())).toBeNull()
      const lines = server.output().split('\n').slice(0, -1) // The last may be there in part.
      expect(lines.filter((line) => line.startsWith(FORGED))).toEqual([])
      if (format === 'text') return
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ pid: server.pid })
    } finally {
      await place.remove()
    }
  })
}

test('[AU1] what is noted for the audit speaks to no terminal that it is shown on, and says the same', async () => {
  const server = await start({})
  for (const hostile of HOSTILE) await everywhere(server, `x${hostile}y`)
  const emails = ['x\u009b2Jy@b.example', 'x\u202ey@b.example', 'x\u001b[2Ky@b.example']
  let out = ''
  await until('it is noted', async () => {
    out = await commanded('audit', server, '--what', 'refused')
    return emails.every((email) => out.split('\n').some((line) => line && JSON.parse(line).email === email))
  })
  expect(UNSAFE.exec(out)).toBeNull()
})

/** Objects that want to be the prototype of others, as JSON. */
const POISONS = ['"__proto__":{"polluted":"yes","everywhere":true}', '"constructor":{"prototype":{"polluted":"yes"}}']

test('a prototype is a field that nobody asked for, wherever JSON comes in', async () => {
  const server = await start({})
  const { signIn } = await Person.logIn(server, CUSTOMER)
  const headers = { Authorization: `Bearer ${signIn}` }
  for (const poison of POISONS) {
    const bodies = [
      ['/login', `{"email":"${CUSTOMER}","password":"${PASSWORD}",${poison}}`],
      ['/tickets', `{${poison}}`],
      ['/tickets', `{${poison},"monitor_id":"__proto__"}`],
      ['/sign-ins/__proto__/end', `{${poison}}`],
      ['/sign-ins/constructor/end', `{${poison}}`],
    ] as const
    for (const [path, body] of bodies) {
      const answer = await postBytes(server, path, body, { headers })
      expect([path, answer.status]).toEqual([path, answer.status < 500 ? answer.status : 0])
      expect(await answer.text()).not.toContain('polluted')
    }
    // `everywhere` is no field of its own here, so this ends the one sign-in alone.
    const { signIn: other } = await Person.logIn(server, CUSTOMER)
    const left = await postBytes(server, '/logout', `{${poison}}`, { headers: { Authorization: `Bearer ${other}` } })
    expect(left.status).toBe(200)
    expect((await postBytes(server, '/tickets', '{}', { headers })).status).toBe(200)
  }
})

test('a prototype in any frame of v1 is refused or ignored, also as an emoji, an id, an email and a message', async () => {
  const place = await V1Place.open()
  try {
    const { room, customer: speaker, owner: witness } = await place.meet()
    await speaker.say('something to react to')
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
    for (const name of names) {
      for (const frame of [
        { type: 'react', id: name, message: '1', emoji: name, on: true },
        { type: 'edit', id: name, message: name, text: name },
        { type: 'delete', id: name, message: name },
        { type: 'pin', id: name, message: name, on: true },
        { type: 'send', id: name, text: name, reply_to: name },
        { type: 'read', offset: name },
        { type: name, id: name },
      ]) {
        for (const text of [JSON.stringify(frame), JSON.stringify(frame).replace('{', `{${POISONS[0]},`)]) {
          const culprit = await come(place.people.customer, room)
          culprit.send(text)
          expect([text, await Promise.race([culprit.next('refused').then(() => 'refused'), culprit.ending()])]).toEqual(
            [text, expect.stringMatching(/^refused$|^4500 bad_frame$/)],
          )
          culprit.close()
        }
      }
      await speaker.say(`said after ${name}`)
    }
    await witness.settle()
    expect(speaker.events.map((event) => ('text' in event ? event.text : event.type))).toEqual([
      'something to react to',
      ...names.map((name) => `said after ${name}`),
    ])
    expect(witness.events).toEqual([...speaker.events])
    const later = await come(place.people.customer, room)
    expect(JSON.stringify(later.welcome)).not.toContain('polluted')
  } finally {
    await place.remove()
  }
})

const FILES = ['package.json', 'server/main.ts', 'etc/passwd', 'chat.sqlite']
const DOTS = [
  '..',
  '%2e%2e',
  '%252e%252e',
  '.%2e',
  '%c0%ae%c0%ae',
  '%uff0e%uff0e',
  '..%00',
  '....',
  '..;',
  '%e2%80%a5',
  '．．',
]
const SLASHES = ['/', '%2f', '%252f', '\\', '%5c', '%c0%af', '//', '%ef%bc%8f']

test('no spelling of a path leads from a page or a file of ours to another', async () => {
  const server = await start({ LOG_LEVEL: 'error' })
  for (const dots of DOTS) {
    for (const slash of SLASHES) {
      for (const file of FILES) {
        const climb = `${`${dots}${slash}`.repeat(4)}${file}`
        for (const from of ['/assets/', '/docs/', '/', '/rooms/', '/service-worker.js/']) {
          const path = Buffer.from(from + climb).toString('latin1')
          const { status, body } = await raw(
            server,
            Buffer.from(`GET ${path} HTTP/1.1\r\nHost: chat\r\n\r\n`, 'latin1'),
          )
          expect([climb, from, status]).toEqual([climb, from, status === 0 || status === 400 ? status : 404])
          expect(body).not.toMatch(/propromo-chat"|root:|SQLite format|Composition root/)
        }
      }
    }
  }
})
