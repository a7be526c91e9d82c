// What a command does with the messages that the chat keeps, beside the chat that runs.
import { existsSync } from 'node:fs'
import { readStorage } from '../config.ts'
import { openStorage, type Storage } from '../storage.ts'
import { world } from '../world.ts'
import { Cannot, type Environment } from './asked.ts'

export async function withStorage<Result>(
  env: Environment,
  work: (storage: Storage) => Promise<Result>,
): Promise<Result> {
  const kept = readStorage(env)
  if (kept.kind === 'sqlite' && !existsSync(kept.path)) {
    throw new Cannot(`Cannot open ${kept.path}: there is no such file, so the chat keeps its messages elsewhere`)
  }
  const storage = await openStorage(kept, world)
  try {
    return await work(storage)
  } finally {
    await storage.settled()
    await storage.close()
  }
}
