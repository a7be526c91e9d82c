// Bundles the page and the widget into `web/dist`: minified, compressed, under names that change with their content.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { bundle, stylesInScript } from './bundle.ts'

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
  const files = await Promise.all(page.outputs.map(write))
  const entry = (kind: string) => {
    const found = files.find((name) => name.startsWith('page-') && name.endsWith(kind))
    if (!found) throw new Error(`the page was bundled without its ${kind} file`)
    return found
  }
  const [script, style] = [entry('.js'), entry('.css')]
  const boot = await bundle(['boot.ts'], { naming: '[name].[ext]' })
  await buildWorker(files, [script, style])
  const widget = await buildWidget()
  cpSync(join(HERE, 'icons'), DIST, { recursive: true })
  const [bootText = ''] = await Promise.all(boot.outputs.map((output) => output.text()))
  const assets: Assets = { page: { script, style, boot: bootText.trim() }, lasting: [...files, ...widget] }
  writeFileSync(join(DIST, 'assets.json'), JSON.stringify(assets))
}

/** It keeps the files of the page, so it is bundled when their names are known. */
async function buildWorker(files: readonly string[], beginning: readonly string[]): Promise<void> {
  const define = { FILES: JSON.stringify(files), BEGINNING: JSON.stringify(beginning) }
  const worker = await bundle(['worker/service-worker.ts'], { naming: '[name].[ext]', format: 'iife', define })
  for (const output of worker.outputs) await write(output)
}

/**
 * Gives back the files of the widget. `widget.js` keeps its name, since it stands in other people's pages; it is one line that a
 * classic script may hold as well as a module, and its path goes by where the script came from.
 */
async function buildWidget(): Promise<readonly string[]> {
  const plugins = [await stylesInScript()]
  const widget = await bundle(['widget.ts'], { splitting: true, naming: '[name]-[hash].[ext]', plugins })
  const files = await Promise.all(widget.outputs.map(write))
  const begins = files.find((name) => name.startsWith('widget-'))
  if (!begins) throw new Error('the widget was bundled without its beginning')
  // A classic script of another origin has no address that `import` goes by.
  const here = `{ const { currentScript: here } = document; import(here ? new URL('assets/${begins}', here.src) : './assets/${begins}') }`
  writeFileSync(join(DIST, 'widget.js'), `${here}\n`)
  return files
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
