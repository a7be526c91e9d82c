// Putting back what is not a plain copy, and as whom: what was set aside under a chat that ran, and the files of another user.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { chownSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { command, commanded } from './support/commands.ts'
import { comeBack, logIn, V1Place } from './support/v1-place.ts'

let place: V1Place

beforeAll(async () => {
  place = await V1Place.open()
})
afterAll(() => place.remove())

const inFolder = (name: string) => join(place.server.folder, name)

test('a copy never takes the name of a file that SQLite looks for beside the one in use, nor that of a folder', async () => {
  for (const end of ['', '-wal', '-shm', '-journal', '.part']) {
    const { exitCode, complaint } = await command('backup', place.server, inFolder(`chat.sqlite${end}`), '--replace')
    expect(`${end} ${exitCode} ${complaint}`).toStartWith(`${end} 2 Cannot back up to`)
  }
  await commanded('backup', place.server, inFolder('another.part'))
  const another = { CHAT_STORAGE_URL: `sqlite:${inFolder('another.part')}` }
  expect(await command('backup', another, inFolder('another'))).toMatchObject({ exitCode: 2 })
  const { exitCode, complaint } = await command('backup', place.server, place.server.folder, '--replace')
  expect(`${exitCode} ${complaint}`).toStartWith(`2 Cannot back up to ${place.server.folder}: that is a folder`)
})

test('what was set aside under a chat that ran can be put back whole, with what was only in its write-ahead log', async () => {
  const { server } = place
  const { room, owner, customer } = await place.meet()
  await owner.say('in the copy')
  await commanded('backup', server, inFolder('early.sqlite'))
  await customer.say('after the copy')
  await commanded('restore', server, inFolder('early.sqlite'), '--force') // A mistake: the chat runs.
  await customer.say('still into the former file')
  await server.kill()

  const aside = readdirSync(server.folder).find((name) => /\.before-[^.]*Z$/.test(name)) ?? ''
  expect(statSync(inFolder(`${aside}-wal`)).size).toBeGreaterThan(0)
  await commanded('restore', server, inFolder(aside))
  await server.restart()
  const people = await logIn(server)
  const back = await comeBack(people.customer, room, customer)
  const texts = ['in the copy', 'after the copy', 'still into the former file']
  expect(back.welcome.messages.map(({ text }) => text)).toEqual(texts)
})

test('what root puts back belongs to whom the former file did, or else the folder', async () => {
  const { server } = place
  await commanded('backup', server, inFolder('whose.sqlite'))
  await server.stop()
  const whose = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0) // Only root has a choice.
  const owners = (name: string) => [statSync(inFolder(name)).uid, statSync(inFolder(name)).gid]
  chownSync(inFolder('chat.sqlite'), whose, process.getgid?.() ?? 0)
  await commanded('restore', server, inFolder('whose.sqlite'))
  expect(owners('chat.sqlite')).toEqual([whose, process.getgid?.() ?? 0])

  chownSync(server.folder, whose, process.getgid?.() ?? 0)
  await commanded('restore', { CHAT_STORAGE_URL: `sqlite:${inFolder('new.sqlite')}` }, inFolder('whose.sqlite'))
  expect(owners('new.sqlite')).toEqual([whose, process.getgid?.() ?? 0])
})
