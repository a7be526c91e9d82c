// A copy of the sources, for a test that has to change them: another build of the page, served by the same server.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')
/** What the server and the page are made of. */
const PARTS = ['client', 'dummy', 'package.json', 'protocol', 'server', 'tsconfig.json', 'web']

export interface OwnCopy {
  /** What starts its server. */
  readonly command: readonly string[]
  /** Puts something else in the place of the one text in a file that is this one. */
  change(file: string, from: string, to: string): void
  /** Bundles the page. */
  build(): void
  remove(): void
}

export function copySources(): OwnCopy {
  const folder = mkdtempSync(join(tmpdir(), 'propromo-sources-'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const bun = join(folder, 'node_modules/.bin/bun')
  return {
    command: [bun, join(folder, 'server/main.ts')],
    change: (file, from, to) => {
      const path = join(folder, file)
      const [before, after, ...more] = readFileSync(path, 'utf8').split(from)
      if (before === undefined || after === undefined || more.length > 0)
        throw new Error(`${file} does not have this text once: ${from}`)
      writeFileSync(path, before + to + after)
    },
    build: () => {
      const { exitCode, stderr } = Bun.spawnSync([bun, 'web/build.ts'], { cwd: folder })
      if (exitCode !== 0) throw new Error(stderr.toString())
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
