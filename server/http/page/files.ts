// The files of the web page as they were bundled: read once at start, compressed already, and served from memory.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { Env } from '../request.ts'

export interface PageFiles {
  readonly script: string
  readonly style: string
  /** Runs inside the document before it is painted; `bootHash` is what a policy allows it by. */
  readonly boot: string
  readonly bootHash: string
  readonly byName: ReadonlyMap<string, PageFile>
}

interface PageFile {
  readonly type: string
  /** Its content never changes under this name. */
  readonly lasting: boolean
  readonly bytes: Readonly<Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>>
}

type Encoding = 'br' | 'gzip' | 'identity'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}
const INDEX = 'assets.json'

/** Throws a sentence for the operator when the page has not been built. */
export function readPageFiles(folder: string): PageFiles {
  if (!existsSync(join(folder, INDEX))) throw new Error('the page is not built: run npm run build')
  const { page, lasting } = indexIn(readFileSync(join(folder, INDEX), 'utf8'))
  const names = readdirSync(folder).filter((name) => name !== INDEX && extname(name) in TYPES)
  const byName = new Map(names.map((name) => [name, readFile(folder, name, lasting.includes(name))]))
  const bootHash = `'sha256-${createHash('sha256').update(page.boot).digest('base64')}'`
  return { ...page, bootHash, byName }
}

/** Answers with one of the files, in the smallest form that the browser takes; `undefined` when there is none of this name. */
export function serveFile(c: Context<Env>, files: PageFiles, name: string): Response | undefined {
  const file = files.byName.get(name)
  if (!file) return undefined
  const supports = (['br', 'gzip'] as const).filter((encoding) => file.bytes[encoding])
  const encoding =
    supports.length === 0
      ? 'identity'
      : (accepts(c, { header: 'Accept-Encoding', supports, default: 'identity' }) as Encoding)
  const bytes = file.bytes[encoding] ?? file.bytes.identity
  if (!bytes) return undefined
  c.header('Content-Type', file.type)
  c.header('Cache-Control', file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (supports.length > 0) c.header('Vary', 'Accept-Encoding')
  if (encoding !== 'identity') c.header('Content-Encoding', encoding)
  return c.body(bytes)
}

function readFile(folder: string, name: string, lasting: boolean): PageFile {
  const read = (suffix: string) => {
    const path = join(folder, name + suffix)
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined
  }
  const [identity, gzip, br] = [read(''), read('.gz'), read('.br')]
  const bytes = { ...(identity && { identity }), ...(gzip && { gzip }), ...(br && { br }) }
  return { type: TYPES[extname(name)] ?? 'application/octet-stream', lasting, bytes }
}

/** Written by our own build: what is missing there is a fault of the build. */
function indexIn(text: string): { page: { script: string; style: string; boot: string }; lasting: readonly string[] } {
  return JSON.parse(text) as ReturnType<typeof indexIn>
}
