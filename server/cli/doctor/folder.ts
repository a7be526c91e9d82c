// The SQLite file and its folder: whether they can be written, who else can read them, and how much room there is.
import { Database } from 'bun:sqlite'
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SCHEMA_VERSION } from '../../adapters/sqlite/schema.ts'
import { type Finding, fault, fine, note, reasonOf } from './finding.ts'

const MEBIBYTE = 1024 * 1024
const LEAST_MEBIBYTES = 64
const NOTED_MEBIBYTES = 1024

export function lookAtFolder(path: string): readonly Finding[] {
  const file = resolve(path)
  const folder = nearest(dirname(file))
  return [writable(file, folder), ...(existsSync(file) ? [contents(file), secrecy(file)] : []), room(folder)]
}

/** Folders that are not there yet are made at the start. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder))
}

function writable(file: string, folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
    return fine(`${file} can be written`)
  } catch (error) {
    return fault(
      `CHAT_STORAGE_URL: ${file} cannot be written (${reasonOf(error)}): give it and its folder to this user`,
    )
  }
}

function contents(file: string): Finding {
  try {
    using database = new Database(file, { readonly: true })
    const version = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version
    if (version === SCHEMA_VERSION || version === 0) return fine('it is of this version of the chat')
    return fault(`it was made by another version of the chat (${version} instead of ${SCHEMA_VERSION})`)
  } catch (error) {
    return fault(`it cannot be read as SQLite (${reasonOf(error)})`)
  }
}

function secrecy(file: string): Finding {
  const others = ['', '-wal', '-shm']
    .map((end) => file + end)
    .filter((each) => existsSync(each) && isOpenToOthers(each))
  if (others.length === 0) return fine('nobody else on this machine can read it')
  return note(`others on this machine may read it: chmod 600 ${others.join(' ')}`)
}

function isOpenToOthers(file: string): boolean {
  return (statSync(file).mode & 0o077) !== 0 && (statSync(dirname(file)).mode & 0o077) !== 0
}

function room(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / MEBIBYTE)
  if (free < LEAST_MEBIBYTES) return fault(`its disk has ${free} MiB left: make room, or sends are refused`)
  if (free < NOTED_MEBIBYTES) return note(`its disk has ${free} MiB left`)
  return fine(`its disk has ${Math.floor(free / 1024)} GiB left`)
}
