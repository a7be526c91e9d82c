// A peer that runs on Node, which reads no TypeScript: its types are taken off, and the rest stays as it is.
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from '../pinned.ts'

/** Beside the libraries, so that Node finds them from there. */
const CACHE = join(ROOT, 'node_modules/.cache/propromo-bench')

/** Writes the script that Node can run, and gives back where it is. */
export async function nodeScript(file: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  const script = join(CACHE, `${basename(file, '.ts')}.mjs`)
  const typescript = await Bun.file(file).text()
  await Bun.write(script, new Bun.Transpiler({ loader: 'ts' }).transformSync(typescript))
  return script
}
