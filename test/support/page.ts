// A page as a browser without script takes it: its elements, what they say, and its forms.
import { expect } from 'bun:test'
import { unescaped } from './markup.ts'
import { postBytes } from './requests.ts'
import type { Server } from './server.ts'

/** What a browser sends when somebody opens a page or submits a form. */
export const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

export const FORM = 'application/x-www-form-urlencoded'

export interface Element {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
  /** Its own text and that of the elements in it, as a person reads it. */
  readonly text: string
}

export class Page {
  readonly status: number
  readonly headers: Headers
  readonly source: string
  readonly elements: readonly Element[]

  static async of(answer: Response): Promise<Page> {
    return new Page(answer, await answer.text())
  }

  private constructor({ status, headers }: Response, source: string) {
    this.status = status
    this.headers = headers
    this.source = source
    this.elements = parse(source)
  }

  all(tag: string, attributes: Readonly<Record<string, string>> = {}): readonly Element[] {
    const wanted = Object.entries(attributes)
    return this.elements.filter(
      (element) => element.tag === tag && wanted.every(([name, value]) => element.attributes[name] === value),
    )
  }

  get language(): string | undefined {
    return this.all('html')[0]?.attributes['lang']
  }

  get text(): string {
    return this.all('body')[0]?.text ?? ''
  }
}

export async function visitPage(server: Server, path: string, headers: Record<string, string> = {}): Promise<Page> {
  return Page.of(await fetch(server.origin + path, { headers: { ...BROWSER, ...headers } }))
}

/** Submits a form as a browser does. */
export async function submitForm(
  server: Server,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<Page> {
  const body = new URLSearchParams(fields).toString()
  const all = { ...BROWSER, Origin: server.origin, ...headers }
  return Page.of(await postBytes(server, path, body, { type: FORM, headers: all }))
}

/** Nothing in the page runs, and nothing in it comes from elsewhere. */
export function expectHarmless(page: Page): void {
  expect(page.all('script')).toEqual([])
  expectNothingForeign(page)
  expect(policyOf(page)).not.toMatch(/script-src|unsafe|\*|data:|https?:/)
}

/** The home page runs what we wrote, which its policy names, and nothing else. */
export function expectOursAlone(page: Page): void {
  const [boot, script, ...others] = page.all('script')
  const hash = new Bun.CryptoHasher('sha256').update(boot?.text ?? '').digest('base64')
  expect(policyOf(page)).toContain(`script-src 'self' 'sha256-${hash}';`)
  expect(script?.attributes).toEqual({ type: 'module', src: expect.stringMatching(/^\/assets\/page-\w+\.js$/) })
  expect([script?.text, others]).toEqual(['', []])
  expectNothingForeign(page)
  expect(policyOf(page)).not.toMatch(/unsafe|\*|https?:/)
}

function expectNothingForeign(page: Page): void {
  expect(page.headers.get('Content-Type')).toMatch(/^text\/html; ?charset=utf-8$/i)
  for (const tag of ['iframe', 'object', 'embed', 'base', 'img', 'svg', 'style']) {
    expect(page.all(tag)).toEqual([])
  }
  for (const { attributes } of page.elements) {
    expect(Object.keys(attributes).filter((name) => /^(?:on|style$)/.test(name))).toEqual([])
    for (const name of ['href', 'action', 'src']) expect(attributes[name] ?? '/').toMatch(/^(?:\/(?!\/)|https?:\/\/)/)
  }
  expect(policyOf(page)).toContain("default-src 'none'")
}

function policyOf(page: Page): string {
  return page.headers.get('Content-Security-Policy') ?? ''
}

interface Growing extends Element {
  text: string
}

function parse(source: string): readonly Element[] {
  const elements: Growing[] = []
  const open: Growing[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element(found) {
      const attributes = Object.fromEntries([...found.attributes].map(([name, value]) => [name, unescaped(value)]))
      const element = { tag: found.tagName, attributes, text: '' }
      elements.push(element)
      if (!found.canHaveContent) return
      open.push(element)
      found.onEndTag(() => void open.splice(open.indexOf(element)))
    },
    text(found) {
      for (const element of open) element.text += found.text
    },
  })
  rewriter.transform(source)
  for (const element of elements) element.text = unescaped(element.text)
  return elements
}
