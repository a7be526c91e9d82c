// Bundles the page into `web/dist`: minified, compressed, under names that change with their content.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { BunPlugin } from 'bun'

const HERE = import.meta.dir
const DIST = join(HERE, 'dist')

/** What the server has to know: which files there are, and which of them the page begins with. */
interface Assets {
  /** Module and stylesheet of the page, and the few lines that run before it is painted. */
  readonly page: { readonly script: string; readonly style: string; readonly boot: string }
  /** Names whose content never changes, and which may be kept for ever. */
  readonly lasting: readonly string[]
}

rmSync(DIST, { recursive: true, force: true })
mkdirSync(DIST)
await build()

async function build(): Promise<void> {
  const page = await bundle(['page.tsx'], { splitting: true, naming: '[name]-[hash].[ext]' })
  const boot = await bundle(['boot.ts'], { naming: '[name].[ext]' })
  const lasting = await Promise.all(page.outputs.map(write))
  const entry = (kind: string) => {
    const found = page.outputs.find((output) => output.path.includes('/page-') && output.path.endsWith(kind))
    if (!found) throw new Error(`the page was bundled without its ${kind} file`)
    return basename(found.path)
  }
  for (const output of boot.outputs) await write(output)
  cpSync(join(HERE, 'icons'), DIST, { recursive: true })
  const [bootText = ''] = await Promise.all(boot.outputs.map((output) => output.text()))
  const assets: Assets = { page: { script: entry('.js'), style: entry('.css'), boot: bootText.trim() }, lasting }
  writeFileSync(join(DIST, 'assets.json'), JSON.stringify(assets))
}

async function bundle(entries: readonly string[], options: Partial<Bun.BuildConfig>): Promise<Bun.BuildOutput> {
  return Bun.build({
    entrypoints: entries.map((entry) => join(HERE, entry)),
    target: 'browser',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [preactForReact()],
    ...options,
  } as Bun.BuildConfig)
}

async function write(output: Bun.BuildArtifact): Promise<string> {
  const name = basename(output.path)
  const bytes = new Uint8Array(await output.arrayBuffer())
  writeFileSync(join(DIST, name), bytes)
  writeFileSync(join(DIST, `${name}.gz`), Bun.gzipSync(bytes, { level: 9 }))
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  writeFileSync(join(DIST, `${name}.br`), brotliCompressSync(bytes, best))
  return name
}

/** Libraries written for React get Preact, which speaks the same. */
function preactForReact(): BunPlugin {
  const resolved = (name: string) => ({ path: Bun.resolveSync(name, HERE) })
  return {
    name: 'Preact for React',
    setup(builder) {
      builder.onResolve({ filter: /^react(?:-dom)?$/ }, () => resolved('preact/compat'))
      builder.onResolve({ filter: /^react\/jsx-runtime$/ }, () => resolved('preact/jsx-runtime'))
    },
  }
}
