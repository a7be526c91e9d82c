// A store with a room of a million messages, made through the server's own log and kept for the next run.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import { sqliteLog } from '../../server/adapters/sqlite/log.ts'
import { Store } from '../../server/adapters/sqlite/store.ts'
import { roomName } from '../load/dialects.ts'
import { ROOT } from '../pinned.ts'
import { accountOf, emailOf } from '../place.ts'

export const SMALL_ROOM = 0
export const LARGE_ROOM = 1
export const WARM_UP_ROOM = 2

const MESSAGES: readonly (readonly [room: number, count: number])[] = [
  [SMALL_ROOM, 100],
  [WARM_UP_ROOM, 100],
  [LARGE_ROOM, 1_000_000],
]
const AT_ONCE = 5_000
const CACHE = join(ROOT, 'node_modules/.cache/propromo-bench')

/** The store's URL. Another version of the adapter keeps things elsewhere, and so gets a file of its own. */
export async function bigRooms(): Promise<string> {
  const folder = join(CACHE, `big-rooms-${adapterVersion()}`)
  if (!existsSync(folder)) {
    const unfinished = `${folder}-unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    await fill(join(unfinished, 'chat.sqlite'))
    renameSync(unfinished, folder)
  }
  return `sqlite:${join(folder, 'chat.sqlite')}`
}

async function fill(path: string): Promise<void> {
  const store = new Store(path)
  const log = sqliteLog(store, Date.now)
  for (const [room, count] of MESSAGES) {
    const by = emailOf(accountOf(room, 0, 2))
    for (let from = 0; from < count; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index)
      await Promise.all(
        numbers.map((number) => log.append(roomName(room), { type: 'message', by, text: `message ${number} of many` })),
      )
    }
  }
  store.close()
}

function adapterVersion(): string {
  const hash = createHash('sha256')
  const files = [...new Glob('server/adapters/sqlite/*.ts').scanSync(ROOT)].filter((file) => !file.endsWith('.test.ts'))
  for (const file of files.sort()) hash.update(readFileSync(join(ROOT, file)))
  return hash.digest('hex').slice(0, 12)
}
