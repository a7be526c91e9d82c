// `serve`: what npm start does.
import { type Environment, obey, readWords } from './asked.ts'

export const usage =
  'propromo-chat serve\n\nRuns the chat until SIGTERM or Ctrl-C. Every setting is an environment variable.'

/** It reads the environment by itself, as the processes do that it may start. */
export function run(args: readonly string[], _env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    readWords(args, {}, [0, 0])
    await import('../main.ts')
    return new Promise(() => undefined) // A server ends its process itself.
  })
}
