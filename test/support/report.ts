// What a run of the tests came to, as its JUnit report tells it.

export interface Report {
  readonly tests: number
  readonly failed: number
  readonly skipped: number
  /** Of each test that failed: its file and line, its name, and what went wrong. */
  readonly failures: readonly string[]
}

/** Of what is longer, such as two lists that differ, the beginning tells enough; all of it stands above. */
const MOST_LINES = 40

export async function readReport(path: string): Promise<Report> {
  const file = Bun.file(path)
  const text = (await file.exists()) ? await file.text() : ''
  const root = attributesOf(/<testsuites([^>]*)>/.exec(text)?.[1])
  const number = (name: string) => Number(root.get(name) ?? 0)
  return {
    tests: number('tests'),
    failed: number('failures') + number('errors'),
    skipped: number('skipped'),
    failures: failuresIn(text),
  }
}

function failuresIn(text: string): readonly string[] {
  const failed = /<testcase([^>]*[^/>])>\s*<(?:failure|error)([^>]*?)(?:\/>|>([^<]*)<)/g
  return [...text.matchAll(failed)].map(([, test, failure, said]) => {
    const [its, why] = [attributesOf(test), attributesOf(failure)]
    const name = [its.get('classname'), its.get('name')].filter(Boolean).join(' > ')
    const what = said ? unescaped(said) : `${why.get('type')}: ${why.get('message')}`
    const lines = what.trim().split('\n').slice(0, MOST_LINES)
    return [`${its.get('file')}:${its.get('line') ?? '?'} ${name}`, ...lines.map((line) => `    ${line}`)].join('\n')
  })
}

function attributesOf(text = ''): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]))
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (ENTITIES[name] ?? whole),
  )
}
