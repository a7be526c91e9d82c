// A server whose room has a long past: written into its store before it starts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteLog } from '../../server/adapters/sqlite/log.ts'
import { Store } from '../../server/adapters/sqlite/store.ts'
import { startPageServer } from './page-server.ts'
import { CUSTOMER, ROOM, SCRUM_MASTER } from './people.ts'
import type { Server } from './server.ts'

const MINUTE = 60_000

export interface Past {
  readonly messages: number
  /** When the first was said; milliseconds since 1970. The others follow, one every `minutes`. */
  readonly from: number
  readonly minutes: number
  /** What the message with this number says; the first has number 1, and its id is its number. */
  readonly text?: (number: number) => string
}

export function say(number: number): string {
  return `Message ${number}. ${'It goes on a little. '.repeat(number % 7)}`.trim()
}

/** The two of them took turns, three messages each. */
export async function startFilled({ messages, from, minutes, text = say }: Past): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-past-'))
  const file = join(folder, 'chat.sqlite')
  const store = new Store(file)
  let now = from
  const log = sqliteLog(store, () => now)
  const writing: Promise<unknown>[] = []
  for (let number = 1; number <= messages; number += 1) {
    const by = Math.floor((number - 1) / 3) % 2 === 0 ? SCRUM_MASTER : CUSTOMER
    const at = from + (number - 1) * minutes * MINUTE
    writing.push(
      store.write(() => {
        now = at
      }),
      log.append(ROOM, { type: 'message', text: text(number), by }),
    )
    if (writing.length >= 4_000) await Promise.all(writing.splice(0))
  }
  await Promise.all(writing)
  store.close()
  const server = await startPageServer({ CHAT_STORAGE_URL: `sqlite:${file}` })
  return {
    ...server,
    get pid() {
      return server.pid
    },
    remove: async () => {
      await server.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
