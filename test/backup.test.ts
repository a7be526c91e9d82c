// A copy of what people said, made while they talk, and put back as another lifetime of the log.
import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, commanded } from './support/commands.ts'
import { post } from './support/people.ts'
import { come, comeBack, logIn, talkOn, V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

const inFolder = (name: string) => join(place.server.folder, name)

test('[R1] a copy made while people talk holds each room up to one moment, without a hole, for its owner alone', async () => {
  const { room, owner, customer } = await place.meet()
  const before = await owner.say('said before')
  const stop = talkOn(owner, customer)
  await owner.event(before.offset + 50)
  const out = await commanded('backup', place.server, inFolder('under-way.sqlite'))
  const after = await owner.say('said after')
  await stop()
  expect(out).toContain('checked')
  expect(statSync(inFolder('under-way.sqlite')).mode & 0o777).toBe(0o600)
  expect(readdirSync(place.server.folder).filter((name) => name.includes('.part'))).toEqual([])

  using copy = new Database(inFolder('under-way.sqlite'), { readonly: true })
  const offsets = copy
    .query<{ offset: number }, [string]>(
      'SELECT key % 4294967296 AS offset FROM event JOIN room ON number = key / 4294967296 / 2 WHERE id = ? ORDER BY 1',
    )
    .all(room)
    .map(({ offset }) => offset)
  expect(offsets).toEqual(offsets.map((_, index) => index + 1))
  expect(offsets.length).toBeGreaterThanOrEqual(before.offset + 50)
  expect(offsets.length).toBeLessThan(after.offset)
})

test('a copy takes the place of nothing, unless it is told to, and never that of the file in use', async () => {
  writeFileSync(inFolder('mine.txt'), 'mine')
  expect(await command('backup', place.server, inFolder('mine.txt'))).toMatchObject({ exitCode: 2 })
  expect(readFileSync(inFolder('mine.txt'), 'utf8')).toBe('mine')
  await commanded('backup', place.server, inFolder('mine.txt'), '--replace')
  expect(readFileSync(inFolder('mine.txt'), 'latin1')).toStartWith('SQLite format 3')
  for (const own of ['chat.sqlite', 'chat.sqlite-wal', './chat.sqlite']) {
    expect(await command('backup', place.server, inFolder(own), '--replace')).toMatchObject({ exitCode: 2 })
  }
  for (const words of [[], ['one', 'two'], ['copy', '--fast'], ['/nowhere/at/all/copy']]) {
    expect(await command('backup', place.server, ...words)).toMatchObject({ exitCode: 2, out: '' })
  }
})

test('nothing is put back while the chat runs, and nothing that is damaged or something else', async () => {
  const copy = inFolder('good.sqlite')
  await commanded('backup', place.server, copy)
  const running = await command('restore', place.server, copy)
  expect(running).toMatchObject({ exitCode: 1, out: '' })
  expect(running.complaint).toContain('Stop the chat first')

  const bytes = readFileSync(copy)
  const damaged = Buffer.from(bytes)
  damaged.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8192)
  const others = { damaged, cut: bytes.subarray(0, bytes.length / 2), empty: Buffer.alloc(0), text: Buffer.from('no') }
  for (const [name, content] of Object.entries(others)) {
    writeFileSync(inFolder(name), content)
    const { exitCode, complaint } = await command('restore', place.server, inFolder(name), '--force')
    expect(`${name} ${exitCode} ${complaint.split(':')[0]}`).toBe(`${name} 1 Cannot restore ${inFolder(name)}`)
  }
  const { owner } = await place.meet() // The chat did not notice.
  await owner.say('still here')
})

test('[R2] what is put back is another lifetime: nobody resumes into it, nobody is signed in, and what was there is kept', async () => {
  const { server } = place
  const { room, owner, customer } = await place.meet()
  await owner.say('in the copy')
  const copy = inFolder('monday.sqlite')
  await commanded('backup', server, copy)
  await customer.say('lost with the disk')
  const { epoch } = owner.welcome

  await server.stop()
  const out = await commanded('restore', server, copy)
  const aside = readdirSync(server.folder).find((name) => name.startsWith('chat.sqlite.before-'))
  expect(out).toContain(aside ?? 'kept')
  expect(existsSync(inFolder('chat.sqlite-wal'))).toBe(false)
  expect(statSync(inFolder('chat.sqlite')).mode & 0o777).toBe(0o600)
  await server.restart()

  const signIn = { Authorization: `Bearer ${place.people.customer.signIn}` }
  expect((await post(server, '/tickets', undefined, signIn)).status).toBe(401)
  const people = await logIn(server)
  const back = await comeBack(people.customer, room, customer)
  expect(back.welcome).toMatchObject({ resumed: false, offset: 1, events: [] })
  expect(back.welcome.messages.map(({ text }) => text)).toEqual(['in the copy'])
  expect(back.welcome.epoch).not.toBe(epoch)
  expect((await back.search('copy')).messages).toHaveLength(1)
  const same = await come(people.customer, room, { query: { since: 1, epoch } })
  expect(same.welcome.resumed).toBe(false)
  await back.say('life goes on')

  using kept = new Database(inFolder(aside ?? ''), { readonly: true })
  const texts = kept.query<{ change: string }, []>('SELECT change FROM event').all()
  expect(JSON.stringify(texts)).toContain('lost with the disk')
})

test('a file that cannot be read is replaced when one says so, and kept too', async () => {
  const copy = inFolder('good.sqlite')
  const folder = { CHAT_STORAGE_URL: `sqlite:${inFolder('broken/chat.sqlite')}` }
  await commanded('restore', folder, copy) // Where nothing is, a folder is made.
  writeFileSync(inFolder('broken/chat.sqlite'), 'what a disk left of it')
  expect(await command('restore', folder, copy)).toMatchObject({ exitCode: 1 })
  await commanded('restore', folder, copy, '--force')
  const [aside = ''] = readdirSync(inFolder('broken')).filter((name) => name.includes('.before-'))
  expect(readFileSync(inFolder(`broken/${aside}`), 'utf8')).toBe('what a disk left of it')
})

test('with Redis the command says where it is told how', async () => {
  const { exitCode, complaint } = await command('backup', { CHAT_STORAGE_URL: 'redis://127.0.0.1:1' }, 'copy')
  expect({ exitCode, tells: complaint.includes('docs/backup.md') }).toEqual({ exitCode: 1, tells: true })
})
