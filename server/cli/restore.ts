// `restore`: a copy becomes what the chat uses, as another lifetime of its log.
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { check, isInUse, putBack } from '../adapters/sqlite/copy.ts'
import { Cannot, type Environment, Misused, obey, readWords } from './asked.ts'
import { sqlitePath } from './backup.ts'

export const usage = `propromo-chat restore <file> [--force] (from the sources also: npm run restore -- …)

Checks the copy and puts it where the chat keeps its messages (CHAT_STORAGE_URL, SQLite). What was there stays beside it. Everyone
starts afresh: clients load the rooms anew, and people log in again. Refuses while a process uses the file.
--force   does not ask whether the file is in use, or whether it can be read. A chat that runs has to be restarted then, and what
          it stores until then is in the former file`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    process.umask(0o077)
    const { values, words } = readWords(args, { force: { type: 'boolean' } }, [1, 1])
    const copy = resolve(words[0] ?? '')
    const path = sqlitePath(env)
    if (!existsSync(copy)) throw new Misused(`Cannot restore ${copy}: there is no such file`)
    if (copy === path) throw new Misused(`Cannot restore ${copy}: that is what the chat uses itself`)
    explained(copy, () => check(copy))
    mkdirSync(dirname(path), { recursive: true })
    const isThere = existsSync(path)
    if (isThere && !values.force && usedNow(path)) {
      throw new Cannot(`Cannot restore: a process uses ${path}. Stop the chat first (--force does not ask)`)
    }
    const aside = `${path}.before-${new Date().toISOString().replace(/[:.]/g, '-')}`
    const { rooms, events, epoch } = explained(copy, () => putBack(copy, path, aside))
    console.log(
      `Restored ${path}: ${events} events in ${rooms} rooms, as lifetime ${epoch}; everyone has to log in again`,
    )
    if (isThere) console.log(`What was there is kept as ${aside}`)
    console.log('Erasures since the copy was made have to be repeated: propromo-chat audit --what erased lists them')
    return 0
  })
}

function usedNow(path: string): boolean {
  try {
    return isInUse(path)
  } catch (error) {
    throw new Cannot(`Cannot tell whether ${path} is in use (${reasonOf(error)}); --force does not ask`)
  }
}

function explained<Result>(copy: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new Cannot(`Cannot restore ${copy}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
