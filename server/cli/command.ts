// What a command of the command line is, and how its words are read.
import { type ParseArgsConfig, parseArgs } from 'node:util'

export interface Command {
  /** All that `--help` says of it; the first line shows what may stand behind its name. */
  readonly usage: string
  /** Gives back the exit code: 0 when all went well, 1 when not. Throws `Misused` when it cannot tell what is wanted. */
  run(words: readonly string[]): Promise<number>
}

/** The words make no sense: told with the usage, exit code 2. */
export class Misused extends Error {}

/** `parseArgs` of Node, strict, whose complaints become ours. */
export function readWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
  most: number,
) {
  const { values, positionals } = parsed(words, options)
  if (positionals.length > most) throw new Misused(`Cannot tell what ${JSON.stringify(positionals[most])} is for`)
  return { values, positionals }
}

function parsed<Options extends NonNullable<ParseArgsConfig['options']>>(words: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: true })
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split('. ') : []
    throw new Misused(sentence)
  }
}
