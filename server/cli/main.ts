// The command line: finds the command, runs it, and says by the exit code how it went.
import { version } from '../../package.json'
import type { Environment } from './asked.ts'

interface Entry {
  readonly summary: string
  /** Loaded when asked for: a server that starts needs none of the others. */
  readonly load: () => Promise<{ run(args: readonly string[], env: Environment): Promise<number> }>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: { summary: 'runs the chat, as npm start does', load: () => import('./serve.ts') },
  keys: { summary: 'makes the keys that sign tickets, and checks them', load: () => import('./keys.ts') },
  'check-config': {
    summary: 'reads the environment, and tells what is wrong with it or what it comes to',
    load: () => import('./check-config.ts'),
  },
  doctor: {
    summary: 'tries everything that the chat would use, and tells what to mend',
    load: () => import('./doctor.ts'),
  },
  backup: { summary: 'copies what is kept in SQLite, while the chat runs', load: () => import('./backup.ts') },
  restore: { summary: 'puts such a copy back', load: () => import('./restore.ts') },
  export: { summary: 'writes a room as a file', load: () => import('./export.ts') },
  erase: { summary: 'erases what one person has said, from every room', load: () => import('./erase.ts') },
  retention: { summary: 'for how long rooms keep messages, and what goes next', load: () => import('./retention.ts') },
  audit: { summary: 'prints what was noted for the audit', load: () => import('./audit.ts') },
}

const [name = 'serve', ...words] = process.argv.slice(2)
process.exit(await run(name, words))

async function run(name: string, words: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return say(overview())
  if (name === '--version') return say(version)
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.load() : undefined
  if (command) return command.run(words, process.env)
  console.error(`Cannot do ${JSON.stringify(name)}: there is no such command.\n\n${overview()}`)
  return 2
}

function overview(): string {
  const wide = Math.max(...Object.keys(COMMANDS).map((name) => name.length))
  return [
    'Propromo Chat: a chat room for every Propromo monitor.',
    '',
    'propromo-chat <command> [options]; without a command it serves. Settings are environment variables: docs/configure.md.',
    '',
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(wide)}  ${summary}`),
    '',
    'propromo-chat <command> --help tells more. Exit codes: 0 all is well, 1 something is wrong, 2 it was asked wrongly.',
  ].join('\n')
}

function say(text: string): number {
  console.log(text)
  return 0
}
