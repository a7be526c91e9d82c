// `export`: a room as a file, for whoever runs the chat.
import { type ExportFormat, exported } from '../chat/export.ts'
import { Cannot, type Environment, Misused, obey, readWords } from './asked.ts'
import { fill, print } from './out.ts'
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
      const subject = { room: { monitor_hash: room }, names: new Map<string, string>(), language, at: Date.now() }
      const note = () => audit.note({ at: Date.now(), what: 'exported', by: 'operator', room, format })
      const pieces = exported(log, subject, format)
      // Noted when there is a place for it, and before a line of it is there.
      if (values.out !== undefined) return fill(values.out, pieces, note)
      await note()
      await print(pieces)
    })
    return 0
  })
}

function oneOf<Choice extends string>(option: string, choices: readonly [Choice, ...Choice[]], held?: string): Choice {
  const choice = choices.find((name) => name === (held ?? choices[0]))
  if (choice) return choice
  throw new Misused(`Cannot take --${option} ${JSON.stringify(held)}: use ${choices.join(' or ')}`)
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
