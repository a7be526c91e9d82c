// The arrows of ARCHITECTURE.md: which part may know which.
import { expect, test } from 'bun:test'
import { dirname, join, normalize } from 'node:path'
import { Glob } from 'bun'

const ROOT = join(import.meta.dir, '..')

/** What the files of a part may import, besides their own part, and why anything else breaks an arrow. */
const PARTS: readonly { part: string; mayImport: readonly string[]; why: string }[] = [
  { part: 'protocol', mayImport: [], why: 'both sides speak the protocol, so it knows neither' },
  {
    part: 'server/ports',
    mayImport: ['protocol'],
    why: 'a port says what the chat needs, in the words of the protocol',
  },
  {
    part: 'server/chat',
    mayImport: ['protocol', 'server/ports'],
    why: 'the chat knows no socket, no SQL and no Redis',
  },
  {
    part: 'server/adapters/sqlite',
    mayImport: ['protocol', 'server/ports'],
    why: 'an adapter fills ports and knows no other adapter',
  },
  {
    part: 'server/adapters/redis',
    mayImport: ['protocol', 'server/ports'],
    why: 'an adapter fills ports and knows no other adapter',
  },
  {
    part: 'server/adapters/issuers',
    mayImport: ['protocol', 'server/ports'],
    why: 'an adapter fills ports and knows no other adapter',
  },
  {
    part: 'client',
    mayImport: ['protocol'],
    why: 'the SDK goes to other people without the server',
  },
  {
    part: 'web/state',
    mayImport: ['web/words', 'web/text', 'client', 'protocol'],
    why: 'what the page knows is painted by views, and knows none of them',
  },
  {
    part: 'web/text',
    mayImport: ['protocol'],
    why: 'reading a text needs nothing of the page around it',
  },
  {
    part: 'web',
    mayImport: ['client', 'protocol', 'package.json'],
    why: 'the page is a client like any other',
  },
  {
    part: 'server/adapters/propromo',
    mayImport: ['protocol', 'server/ports', 'dummy'],
    why: 'an adapter fills ports and knows no other adapter',
  },
  {
    part: 'server/http',
    mayImport: ['protocol', 'server/chat', 'package.json'],
    why: 'the door opens onto the chat, and asks it for everything',
  },
  {
    part: 'server/cli',
    mayImport: ['protocol', 'server', 'package.json', 'keys.sh'],
    why: 'a command is a composition of its own, of what the server is made of',
  },
  {
    part: 'server/watch',
    mayImport: [
      'protocol',
      'server/chat',
      'server/ports',
      'server/http',
      'server/adapters/redis/lines',
      'server/faults.ts',
      'package.json',
    ],
    why: 'who watches sees the parts, and none of them knows who watches',
  },
]

test('every import follows the arrows', async () => {
  const broken: string[] = []
  for (const { part, mayImport, why } of PARTS) {
    for await (const file of new Glob(`${part}/**/*.{ts,tsx}`).scan(ROOT)) {
      if (/\.(?:test|contract)\.ts$/.test(file) || file.startsWith('web/dist/')) continue
      for (const imported of importsOf(file, await Bun.file(join(ROOT, file)).text())) {
        const allowed = [part, ...mayImport].some((place) => imported === place || imported.startsWith(`${place}/`))
        if (!allowed) broken.push(`${file} imports ${imported}, but ${part} may not: ${why}`)
      }
    }
  }
  expect(broken).toEqual([])
})

test('every file of the server belongs to a part, or is part of the composition', async () => {
  const composition = [
    'main',
    'serve',
    'assemble',
    'upkeep',
    'accounts',
    'listeners',
    'certificate',
    'workers',
    'gather',
    'storage',
    'config',
    'keys',
    'issuers',
    'faults',
    'start',
    'open-files',
    'spare-files',
    'world',
    'own-files',
    'compile',
    'assets.d',
  ].map((name) => `server/${name}.ts`)
  const strays: string[] = []
  for await (const file of new Glob('server/**/*.ts').scan(ROOT)) {
    if (file.endsWith('.test.ts')) continue
    const placed =
      composition.includes(file) ||
      file.startsWith('server/cli/') ||
      PARTS.some(({ part }) => file.startsWith(`${part}/`))
    if (!placed) strays.push(file)
  }
  expect(strays).toEqual([])
})

function importsOf(file: string, source: string): readonly string[] {
  const relative = source.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)
  return [...relative].map(([, path = '']) => normalize(join(dirname(file), path)))
}
