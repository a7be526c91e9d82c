// What was deleted cannot be read in the file any more, nor beside it, however it came to be there.
import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../ports/log.ts'
import { sqliteLog } from './log.ts'
import { scrub } from './scrub.ts'
import { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'propromo-scrub-'))
const ROOM = 'w32tgse'
const AUTHOR = 'customer@example.com'
const WORDS = ['geheimnis', 'kontonummer', 'vertragsentwurf']

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('[V14] no word of what was deleted is left in the file, long texts, edits and the index included', async () => {
  const path = join(folder, 'chat.sqlite')
  const store = new Store(path)
  const log = sqliteLog(store, Date.now)
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve))
  for (const _ of ['once', 'and again, with an index that was put together before']) {
    const { offset } = await log.end(ROOM)
    await talk(log, 600)
    expect(secretsIn(path)).toEqual(WORDS)
    await deleteSecrets(log, offset)
    await scrub(store, pause)
    expect(secretsIn(path)).toEqual([])
    expect((await log.search(ROOM, 'harmless', { limit: 3 })).messages).toHaveLength(3)
  }
  store.close()
  expect(secretsIn(path)).toEqual([])
})

/** One in ten is secret, some of them are long, and some are edited. */
async function talk(log: Log, many: number): Promise<void> {
  for (let turn = 0; turn < many; turn++) {
    const secret = `${WORDS[turn % 2]} ${turn} ${turn % 40 === 0 ? `${WORDS[0]} `.repeat(1_000) : ''}`
    const text = turn % 10 === 0 ? secret : `harmless ${turn}`
    const { event } = await log.append(ROOM, { type: 'message', by: AUTHOR, text })
    const edit = { type: 'edited', by: AUTHOR, message: String(event.offset), text: `${WORDS[2]} ${turn}` } as const
    if (turn % 20 === 0) await log.append(ROOM, edit)
    if (turn % 50 === 0) await log.search(ROOM, 'harmless', { limit: 1 }) // So that there is much to put together.
  }
  await log.append(ROOM, { type: 'message', by: AUTHOR, text: WORDS[1] ?? '' })
  await log.search(ROOM, 'harmless', { limit: 1 })
}

async function deleteSecrets(log: Log, after: number): Promise<void> {
  const { messages } = await log.page(ROOM, { after, limit: 10_000 })
  for (const { id, text } of messages) {
    if (!text.startsWith('harmless')) await log.append(ROOM, { type: 'deleted', by: AUTHOR, message: id })
  }
}

/** Without their first letters: an index leaves out what a word shares with the one before it. */
function secretsIn(path: string): readonly string[] {
  const files = [path, `${path}-wal`].filter((file) => existsSync(file))
  const bytes = files.map((file) => readFileSync(file, 'latin1')).join('')
  return WORDS.filter((word) => bytes.includes(word.slice(2)))
}
