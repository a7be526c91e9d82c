// Builds the package into a folder: `./node_modules/.bin/bun client/build.ts <folder>`. There, `npm publish` or `npm pack`.
import { cpSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const HERE = import.meta.dir
const ROOT = join(HERE, '..')

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Cannot build the package: say into which folder')
  process.exit(1)
}
await build(resolve(folder))

async function build(into: string): Promise<void> {
  mkdirSync(into, { recursive: true })
  await bundle(into)
  declare(into)
  for (const file of ['client/package.json', 'client/README.md', 'LICENSE']) {
    cpSync(join(ROOT, file), join(into, file.replace('client/', '')))
  }
}

/** One file that a browser takes as it stands. Not minified: whoever bundles it does that. */
async function bundle(into: string): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(HERE, 'index.ts')],
    outdir: into,
    target: 'browser',
    format: 'esm',
  })
  if (!built.success) throw new AggregateError(built.logs, 'Cannot build the package: it does not bundle')
}

/** The types, of the protocol's words too. They need neither a browser's types nor Node's. */
function declare(into: string): void {
  const command = [join(ROOT, 'node_modules/.bin/tsc'), '--project', HERE, '--outDir', join(into, 'types')]
  const { exitCode, stdout } = Bun.spawnSync(command)
  if (exitCode !== 0) throw new Error(`Cannot build the package: its types are wrong\n${stdout}`)
}
