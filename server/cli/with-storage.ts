// What a command does with the messages that the chat keeps, beside the chat that runs.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readStorage } from '../config.ts'
import { openStorage, type Storage } from '../storage.ts'
import { Cannot, type Environment } from './asked.ts'

export async function withStorage<Result>(
  env: Environment,
  work: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const kept = readStorage(env)
  if (kept.kind === 'sqlite' && !existsSync(kept.path)) {
    throw new Cannot(`Cannot open ${kept.path}: there is no such file, so the chat keeps its messages elsewhere`)
  }
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')
  const storage = await openStorage(kept, { now: Date.now, random, after })
  try {
    return await work(storage)
  } finally {
    await storage.settled()
    await storage.close()
  }
}

function after(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}
