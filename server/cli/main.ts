// The command line: finds the command, runs it, and says by the exit code how it went.
import { version } from '../../package.json'
import { type Command, Misused } from './command.ts'

interface Entry {
  readonly summary: string
  /** Loaded when asked for: a server that starts needs none of the others. */
  readonly load: () => Promise<{ readonly command: Command }>
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
}

const [name = 'serve', ...words] = process.argv.slice(2)
const code = await run(name, words)
// A server goes on: it says itself when it is over.
if (code !== undefined) process.exit(code)

async function run(name: string, words: readonly string[]): Promise<number | undefined> {
  if (name === '--help' || name === '-h' || name === 'help') return say(overview())
  if (name === '--version') return say(version)
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!entry) return misused(`Cannot do ${JSON.stringify(name)}: there is no such command`, overview())
  const { command } = await entry.load()
  if (words.includes('--help') || words.includes('-h')) return say(command.usage)
  try {
    const code = await command.run(words)
    return name === 'serve' ? undefined : code
  } catch (error) {
    if (error instanceof Misused) return misused(error.message, command.usage)
    console.error(`Cannot do ${name}: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
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

function misused(sentence: string, usage: string): number {
  console.error(`${sentence}.\n\n${usage}`)
  return 2
}
