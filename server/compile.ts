// npm run compile: the whole chat as one file that needs nothing beside it, neither Node nor npm nor these sources.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const [outfile = join(ROOT, 'propromo-chat')] = process.argv.slice(2)

if (!existsSync(join(ROOT, 'web/dist/assets.json'))) throw new Error('the page is not built: run npm run build')
// The thread that checks passwords is an entry of its own: nothing imports it, it is started by its place (own-files.ts).
const { exitCode } = Bun.spawnSync(
  [
    process.execPath,
    'build',
    '--compile',
    '--no-compile-autoload-bunfig',
    '--asset=web/dist',
    `--outfile=${outfile}`,
    'server/cli/main.ts',
    'server/adapters/propromo/hash-worker.ts',
  ],
  { cwd: ROOT, stdout: 'ignore', stderr: 'inherit' },
)
if (exitCode === 0) console.log(`${outfile}: ${(statSync(outfile).size / 1024 / 1024).toFixed(0)} MiB`)
process.exit(exitCode)
