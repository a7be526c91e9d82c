// `backup`: a copy of the SQLite file, made while the chat runs.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { copyTo } from '../adapters/sqlite/copy.ts'
import { readStorage } from '../config.ts'
import { Cannot, type Environment, Misused, obey, readWords } from './asked.ts'

export const usage = `propromo-chat backup <file> [--replace] (from the sources also: npm run backup -- …)

Copies everything that the chat keeps (CHAT_STORAGE_URL, SQLite) to the file, while the chat runs. The copy is checked, is there whole
or not at all, and only its owner may read it.
--replace   takes the place of a file that is there already`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    process.umask(0o077)
    const { values, words } = readWords(args, { replace: { type: 'boolean' } }, [1, 1])
    const target = resolve(words[0] ?? '')
    const path = sqlitePath(env)
    if (!existsSync(path)) throw new Cannot(`Cannot back up ${path}: there is no such file`)
    if (!existsSync(dirname(target))) throw new Misused(`Cannot back up to ${target}: there is no such folder`)
    if (isFolder(target)) throw new Misused(`Cannot back up to ${target}: that is a folder. Name a file in it`)
    if (isPartOf(path, target)) throw new Misused(`Cannot back up to ${target}: that is what the chat uses itself`)
    if (existsSync(target) && !values.replace) {
      throw new Misused(`Cannot back up to ${target}: there is such a file already (--replace takes its place)`)
    }
    const { rooms, events } = copyTo(path, target)
    console.log(`Backed up to ${target}: ${events} events in ${rooms} rooms, checked`)
    return 0
  })
}

export function sqlitePath(env: Environment): string {
  const storage = readStorage(env)
  if (storage.kind === 'sqlite') return resolve(storage.path)
  throw new Cannot('Cannot do this with Redis: docs/backup.md says how its own copies are made and put back')
}

function isFolder(target: string): boolean {
  return statSync(target, { throwIfNoEntry: false })?.isDirectory() === true
}

/** A journal that is not its own would keep SQLite from opening the file at all. */
function isPartOf(path: string, target: string): boolean {
  const place = join(realpathSync(dirname(target)), basename(target))
  const own = realpathSync(path)
  const real = existsSync(target) ? realpathSync(target) : place
  const written = [real, place, `${place}.part`]
  return ['', '-wal', '-shm', '-journal', '.part'].some((end) => written.includes(own + end))
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
