// `check-config`: reads the environment as the server does, and tells what is wrong with it, or what it comes to.
import { readConfig } from '../config.ts'
import { warnings } from '../start.ts'
import { type Environment, obey, readWords } from './asked.ts'
import { noting } from './noting.ts'
import { settingsIn, shown } from './shown.ts'

export const usage = `propromo-chat check-config

Reads the environment and opens nothing. Tells every fault at once (exit code 1), or the settings that are in effect,
with secrets left out. What looks like a setting of ours but is none, as a misspelt name, is pointed out, and so is what
works but gives a secret away.`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    readWords(args, {}, [0, 0])
    const read = new Set<string>()
    const config = readConfig(noting(env, read))
    const { keys, ...settings } = config
    console.log('Set in the environment:')
    console.log(table([...read].filter((name) => env[name]).map((name) => [name, shown(name, env[name])])))
    console.log('In effect:')
    const tickets = `${keys.algorithm}, signed by key ${keys.kid}, ${keys.verifying.size} believed`
    console.log(table([...settingsIn(settings), ['tickets', tickets]]))
    for (const warning of warnings(config, null)) console.log(warning)
    for (const name of strangers(env, read)) console.log(`${name} was not read: is it misspelt, or not needed?`)
    return 0
  })
}

/** Variables that begin like several of ours and were not asked for. */
function strangers(env: Environment, read: ReadonlySet<string>): readonly string[] {
  const families = Map.groupBy(read, (name) => name.split('_')[0] ?? name)
  return Object.keys(env).filter((name) => !read.has(name) && (families.get(name.split('_')[0] ?? '')?.length ?? 0) > 1)
}

function table(rows: readonly (readonly [string, string])[]): string {
  const wide = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.length === 0 ? '  nothing' : rows.map(([name, held]) => `  ${name.padEnd(wide)}  ${held}`).join('\n')
}
