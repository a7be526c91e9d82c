// What a command gives out: taken as fast as it can be, and all of it there, or an error.
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'

/** To the standard output. */
export async function print(pieces: AsyncIterable<string>): Promise<void> {
  await pour(pieces, process.stdout)
}

/** To a file that is not there yet, for its owner alone. `begin` is called when there is a place for it. What fails leaves no half of a file. */
export async function fill(path: string, pieces: AsyncIterable<string>, begin: () => Promise<void>): Promise<void> {
  const opened = await open(path, 'wx', 0o600)
  const out = opened.createWriteStream()
  try {
    await begin()
    await pour(pieces, out)
    out.end()
    await once(out, 'finish')
  } catch (error) {
    out.destroy()
    await rm(path)
    throw error
  }
}

async function pour(pieces: AsyncIterable<string>, out: Writable): Promise<void> {
  for await (const piece of pieces) await written(piece, out)
}

/** A stream says what failed twice, and an error that nobody listens to ends the process. */
function written(piece: string, out: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    out.once('error', reject)
    out.write(piece, (error) => {
      if (error) return reject(error)
      out.off('error', reject)
      resolve()
    })
  })
}
