// What the operator's commands share: words are read strictly, and trouble is told in a sentence.
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Refusal } from '../../protocol/refusal.ts'
import { ConfigFaults } from '../faults.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The command cannot tell what is wanted: it says so with its usage, and the exit code is 2. */
export class Misused extends Error {}

/** What is wrong is known, and said as it stands: the exit code is 1. */
export class Cannot extends Error {}

/** Runs a command: 0 when all went well, 1 when it could not be done, 2 when it was asked wrongly. */
export async function obey(args: readonly string[], usage: string, work: () => Promise<number>): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage)
    return 0
  }
  try {
    return await work()
  } catch (error) {
    if (error instanceof Misused) {
      console.error(`${error.message}\n\n${usage}`)
      return 2
    }
    if (error instanceof ConfigFaults) console.error(error.faults.join('\n'))
    else if (error instanceof Cannot || error instanceof Refusal) console.error(error.message)
    else console.error(`Cannot go on: ${error instanceof Error ? error.message : error}`)
    return 1
  }
}

/** Between `least` and `most` words beside the options; anything else is misuse. */
export function readWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  [least, most]: readonly [number, number],
) {
  const { values, positionals } = parsed(args, options)
  if (positionals.length > most) throw new Misused(`Cannot tell what ${JSON.stringify(positionals[most])} is for`)
  if (positionals.length < least) throw new Misused('Cannot tell what is wanted: there is a word missing')
  return { values, words: positionals }
}

function parsed<Options extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split('. ') : []
    throw new Misused(sentence)
  }
}
