// Checks one bcrypt hash at a time on a thread of its own, below the priority of the thread that serves the sockets.
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'

declare const self: Worker

export interface HashQuestion {
  readonly number: number
  readonly password: string
  readonly hash: string
}

export interface HashAnswer {
  readonly number: number
  readonly matches: boolean
}

/** Lowest: whoever is logging in can wait a little, whoever is talking should not notice. */
const NICE = 19

standBack()

self.onmessage = ({ data }: MessageEvent<HashQuestion>) => {
  const matches = Bun.password.verifySync(data.password, data.hash, 'bcrypt')
  self.postMessage({ number: data.number, matches } satisfies HashAnswer)
}

/** On Linux a thread has a priority of its own; elsewhere, and where that may not be set, it keeps that of the process. */
function standBack(): void {
  if (process.platform !== 'linux') return
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, NICE)
  } catch (error) {
    console.error(`passwords are checked at the priority of everything else: ${error}`)
  }
}
