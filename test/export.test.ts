// A room as a file: for its owner alone, whole, and harmless wherever it is opened.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { command, commanded, commandInto } from './support/commands.ts'
import { NO_UPGRADE } from './support/door.ts'
import { readMarkup } from './support/markup.ts'
import type { Person } from './support/people.ts'
import { V1Place } from './support/v1-place.ts'
import { handshake } from './support/wire.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

interface Line {
  readonly type: string
  readonly [field: string]: unknown
}

const HOSTILE = `<script>alert(1)</script><img src=x onerror="alert('2')"> & "quoted" \u0000 \u202e`

function fetchExport(room: string, person?: Person, query = '', headers: Record<string, string> = {}) {
  const authorization: Record<string, string> = person ? { Authorization: `Bearer ${person.signIn}` } : {}
  const url = `${place.server.origin}/rooms/${encodeURIComponent(room)}/export${query}`
  return fetch(url, { headers: { ...authorization, ...headers } })
}

function linesIn(text: string): readonly Line[] {
  expect(text).toEndWith('\n')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

test('[G1] the owner gets every message in its present state, with its first line and its last', async () => {
  const { room, owner, customer } = await place.meet()
  for (let turn = 0; turn < 230; turn++) await customer.say(`message ${turn}`)
  await customer.change({ type: 'edit', message: '2', text: 'a better one' })
  await owner.change({ type: 'delete', message: '3' })
  await owner.change({ type: 'react', message: '4', emoji: '👍', on: true })
  const answer = await fetchExport(room, place.people.scrumMaster)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Content-Type')).toBe('application/jsonl; charset=utf-8')
  expect(answer.headers.get('Content-Disposition')).toMatch(
    /^attachment; filename="room-room-\d+-\d{4}-\d\d-\d\d\.jsonl"$/,
  )
  expect(answer.headers.get('Cache-Control')).toBe('no-store')

  const [first, ...rest] = linesIn(await answer.text())
  const { epoch } = owner.welcome
  expect(first).toMatchObject({ type: 'room', room: owner.welcome.room, epoch, offset: 233 })
  expect(rest.at(-1)).toEqual({ type: 'end', messages: 230 })
  const messages = rest.slice(0, -1)
  expect(messages.map(({ id }) => id)).toEqual(Array.from({ length: 230 }, (_, index) => String(index + 1)))
  for (const id of ['1', '2', '3', '4', '230']) {
    expect(messages[Number(id) - 1]).toEqual({ type: 'message', ...(await owner.message(id)) })
  }
  expect(messages[2]).toMatchObject({ text: '', deleted: true })
})

test('[AU1] whoever asks for the head of an export gets nothing of the room, and nothing is noted', async () => {
  const { room } = await place.meet()
  const { signIn } = place.people.scrumMaster
  const before = await commanded('audit', place.server, '--what', 'exported')
  const answer = await fetch(`${place.server.origin}/rooms/${encodeURIComponent(room)}/export`, {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${signIn}` },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Content-Disposition')).toStartWith('attachment')
  expect(answer.headers.get('Content-Length')).toBeNull() // How long it is nobody knows before it has been read.
  expect(await commanded('audit', place.server, '--what', 'exported')).toBe(before)
})

test('[G1] an empty room is a file too', async () => {
  const room = await place.room()
  const lines = linesIn(await (await fetchExport(room, place.people.scrumMaster)).text())
  expect(lines.map(({ type }) => type)).toEqual(['room', 'end'])
  const page = await (await fetchExport(room, place.people.scrumMaster, '?format=html')).text()
  expect(page).toContain('Nothing has been said here yet.')
})

test('[G2] whoever is not the owner gets the answer that a room gives that is not there', async () => {
  const { room } = await place.meet()
  const refusals = await Promise.all([
    fetchExport(room, place.people.customer),
    fetchExport(room, place.people.guest),
    fetchExport('nowhere', place.people.scrumMaster),
    fetchExport('lobby', place.people.scrumMaster),
  ])
  const bodies = await Promise.all(refusals.map(async (refusal) => `${refusal.status} ${await refusal.text()}`))
  expect(new Set(bodies).size).toBe(1)
  expect(bodies[0]).toStartWith('403 {"success":false,"code":"no_access"')
})

test('[G2] without a sign-in, with a ticket, from elsewhere, or in another format there is nothing', async () => {
  const { room } = await place.meet()
  const { scrumMaster } = place.people
  const codes = async (answer: Promise<Response>) => {
    const refusal = await answer
    return `${refusal.status} ${((await refusal.json()) as { code: string }).code}`
  }
  expect(await codes(fetchExport(room))).toBe('401 signed_out')
  const ticket = { Authorization: `Bearer ${await scrumMaster.ticket()}` }
  expect(await codes(fetchExport(room, undefined, '', ticket))).toBe('401 signed_out')
  const elsewhere = { Origin: 'https://elsewhere.example' }
  expect(await codes(fetchExport(room, scrumMaster, '', elsewhere))).toBe('403 origin_refused')
  for (const format of ['', 'xml', 'HTML', 'jsonl/'])
    expect(await codes(fetchExport(room, scrumMaster, `?format=${format}`))).toBe('400 unknown_format')
  const cookie = { Cookie: `propromo_sign_in=${scrumMaster.signIn}` }
  expect((await fetchExport(room, undefined, '', cookie)).status).toBe(200)
  const head = await fetch(`${place.server.origin}/rooms/${room}/export`, { method: 'HEAD', headers: cookie })
  expect(`${head.status} ${await head.text()}`).toBe('200 ')
})

test('[C2, G1] a room whose id holds percent signs and slashes is found, and its file has a name for every system', async () => {
  const room = `a/b%3D${'"'}ü..`
  await place.propromo.addMonitor({ monitor_hash: room })
  await place.propromo.join(place.people.scrumMaster.email, room)
  const answer = await fetchExport(room, place.people.scrumMaster)
  expect(linesIn(await answer.text())[0]).toMatchObject({ room: { monitor_hash: room } })
  expect(answer.headers.get('Content-Disposition')).toMatch(/filename="room-a-b-3D-[a-z0-9-]*\.jsonl"$/)
})

test('[G3] the page runs nothing, loads nothing, and shows what was said as it was said', async () => {
  const { room, owner, customer } = await place.meet()
  await customer.say(HOSTILE)
  await owner.say('an answer', { reply_to: '1' })
  await customer.change({ type: 'react', message: '2', emoji: '🎉', on: true })
  await customer.say('gone')
  await customer.change({ type: 'delete', message: '4' })
  const answer = await fetchExport(room, place.people.scrumMaster, '?format=html', { 'Accept-Language': 'de' })
  expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('Content-Disposition')).toStartWith('attachment;')
  const source = await answer.text()
  const page = readMarkup(source)
  expect(page.text).toContain(HOSTILE.replace('\0', '\ufffd'))
  expect(source).not.toMatch(/<(?:script|img|link|iframe|object)\b/i)
  expect(page.addresses.filter((address) => !address.startsWith('#'))).toEqual([])
  expect(source).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`)
  expect(source).toContain('<html lang="de">')
  expect(page.text).toContain('Käthe Grüßmehl (customer@example.com)')
  expect(page.text).toContain('🎉 von Käthe Grüßmehl')
  expect(page.text).toContain('Diese Nachricht wurde gelöscht.')
  expect(source.match(/<article /g)).toHaveLength(3)
})

test('[G1, G3] what people wrote does not speak to the terminal in which a file is shown', async () => {
  const { room, owner } = await place.meet()
  const speaking = '\u001b[2J \u009b31m \u009d0;title\u0007 \r\b\u007f \u2028 \u202e'
  await owner.say(`${speaking} a\tb\r\nc`)
  const lines = await (await fetchExport(room, place.people.scrumMaster)).text()
  expect(lines).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u)
  expect(linesIn(lines)[1]).toMatchObject({ text: `${speaking} a\tb\r\nc` })
  const page = await (await fetchExport(room, place.people.scrumMaster, '?format=html')).text()
  expect(page).not.toMatch(/[^\P{Cc}\n\t]/u)
  expect(page).toContain('\ufffd[2J \ufffd31m')
  expect(page).toContain(' a\tb\nc</p>')
  expect(await commanded('export', place.server, room)).not.toMatch(/[^\P{Cc}\n]/u)
})

test('[G4] whoever asks again ends what they asked for before, so that nobody has a room read many times at once', async () => {
  const { room, customer } = await place.meet()
  // In portions: whoever is told of more than 1 MiB at once may be taken for too slow.
  for (let said = 0; said < 2_000; said += 50) {
    await customer.pour(Array.from({ length: 50 }, (_, turn) => `${said + turn} ${'long '.repeat(1_500)}`))
  }
  // Whoever reads nothing is sent no more than the network holds, so this one is under way for as long as we like.
  const target = `/rooms/${encodeURIComponent(room)}/export`
  const headers = { ...NO_UPGRADE, Connection: 'close', Authorization: `Bearer ${place.people.scrumMaster.signIn}` }
  const first = await handshake(place.server, target, headers)
  first.socket.pause()
  const second = await fetchExport(room, place.people.scrumMaster)
  expect(linesIn(await second.text()).at(-1)).toEqual({ type: 'end', messages: 2_000 })
  first.socket.resume()
  expect([first.status, (await first.socket.rest()).includes('"type":"end"')]).toEqual([200, false])
})

test('whoever runs the chat gets the same by command', async () => {
  const { room, owner } = await place.meet()
  await owner.say('for the file')
  const lines = linesIn(await commanded('export', place.server, room))
  expect(lines.map(({ type }) => type)).toEqual(['room', 'message', 'end'])
  expect(lines[1]).toEqual({ type: 'message', ...(await owner.message('1')) })
  const file = join(place.server.folder, 'room.html')
  await commanded('export', place.server, room, '--format', 'html', '--language', 'de', '--out', file)
  expect(readFileSync(file, 'utf8')).toContain('<html lang="de">')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const noted = await commanded('audit', place.server, '--what', 'exported')
  for (const impossible of [file, join(place.server.folder, 'nowhere', 'room.html')]) {
    expect(await command('export', place.server, room, '--out', impossible)).toMatchObject({ exitCode: 1 })
  }
  expect(await commanded('audit', place.server, '--what', 'exported')).toBe(noted)
  expect(await command('export', place.server, 'nowhere')).toMatchObject({ exitCode: 1, out: '' })
  expect(await command('export', place.server, room, '--format', 'xml')).toMatchObject({ exitCode: 2, out: '' })
})

test('on a disk that is full it says so, instead of ending as if all of it were there', async () => {
  const { room, owner } = await place.meet()
  await owner.say('short')
  const { exitCode, complaint } = await commandInto('/dev/full', 'export', place.server, room)
  expect(`${exitCode} ${complaint}`).toStartWith('1 Cannot go on: ENOSPC')
})
