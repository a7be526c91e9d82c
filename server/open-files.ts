// How many files this process may have open: every socket is one.
import { closeSync, openSync, readFileSync } from 'node:fs'

/** Beside the sockets of rooms: the store, the accounts, what listens, and requests that open no room. */
const RESERVE = 256

/** `null` where the system does not tell. The runtime has raised it at its start, as far as it may. */
export function mostOpenFiles(): number | null {
  try {
    const [, most] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return most === undefined ? null : Number(most)
  } catch {
    return null
  }
}

/** What to do where the sockets that may be open need more than that; nothing, where it is enough. */
export function tooFewFiles(sockets: number, most: number | null): readonly string[] {
  const needed = sockets + RESERVE
  if (!Number.isFinite(sockets) || most === null || most >= needed) return []
  const told = `${sockets} sockets, and what else is open, may need ${needed} files at once, and this process may open ${most}`
  return [`LIMIT_SOCKETS: ${told}; lower it, or allow more: ${allowing(needed)}`]
}

/** What to do when there are no more. */
export function moreFiles(sockets: number, most: number | null): string {
  const needed = Number.isFinite(sockets) ? sockets + RESERVE : 0
  return `lower LIMIT_SOCKETS, or allow more than the ${most ?? 'few'} of now: ${allowing(Math.max(needed, 2 * (most ?? 0)))}`
}

function allowing(files: number): string {
  const most = 2 ** Math.ceil(Math.log2(files))
  return `LimitNOFILE=${most} in the unit of systemd, --ulimit nofile=${most} for a container, ulimit -n ${most} in a shell`
}

const NO_MORE: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE'])

/** Whether so many more could be opened at this moment, as far as can be seen: nothing else tells without counting all of them. */
export function couldOpen(many: number): boolean {
  const opened: number[] = []
  try {
    while (opened.length < many) opened.push(openSync('/dev/null', 'r'))
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && NO_MORE.has(error.code))
  } finally {
    for (const file of opened) closeSync(file)
  }
}
