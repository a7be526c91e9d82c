// `export`: a room as a file, for whoever runs the chat.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { type ExportFormat, exported } from '../chat/export.ts'
import { Cannot, type Environment, Misused, obey, readWords } from './asked.ts'
import { withStorage } from './with-storage.ts'

export const usage = `propromo-chat export <room> [--format jsonl|html] [--language en|de] [--out <file>] (from the sources also: npm run export -- …)

Writes everything that was said in the room, each message in its present state, to the file or to the standard output (then run it
as npm run --silent export). The room is its monitor_hash.`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    process.umask(0o077)
    const text = { type: 'string' } as const
    const { values, words } = readWords(args, { format: text, language: text, out: text }, [1, 1])
    const [room = ''] = words
    const format = oneOf<ExportFormat>('format', ['jsonl', 'html'], values.format)
    const language = oneOf<'en' | 'de'>('language', ['en', 'de'], values.language)
    await withStorage(env, async ({ log, audit }) => {
      const { offset } = await log.end(room)
      if (offset === 0) throw new Cannot(`Cannot export ${JSON.stringify(room)}: nothing was ever said in such a room`)
      await audit.note({ at: Date.now(), what: 'exported', by: 'operator', room, format })
      const subject = { room: { monitor_hash: room }, names: new Map<string, string>(), language, at: Date.now() }
      await write(exported(log, subject, format), values.out)
    })
    return 0
  })
}

async function write(pieces: AsyncIterable<string>, file: string | undefined): Promise<void> {
  const out = file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 })
  for await (const piece of pieces) if (!out.write(piece)) await once(out, 'drain')
  if (file === undefined) return
  out.end()
  await once(out, 'finish')
}

function oneOf<Choice extends string>(option: string, choices: readonly [Choice, ...Choice[]], held?: string): Choice {
  const choice = choices.find((name) => name === (held ?? choices[0]))
  if (choice) return choice
  throw new Misused(`Cannot take --${option} ${JSON.stringify(held)}: use ${choices.join(' or ')}`)
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
