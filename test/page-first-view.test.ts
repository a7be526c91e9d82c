// What a browser fetches before anything is pressed: little, from here alone, and under a policy that lets nothing else in.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Response } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

/** For an old phone on a slow network, gzipped. */
const MOST_SCRIPT_BYTES = 90_000

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

test('the script of the first view has at most 90 KB gzipped, and everything comes from here', async () => {
  const { page, context, faults } = await openWindow(browser)
  const answers: Response[] = []
  page.on('response', (response) => void answers.push(response))
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await page.locator('.timeline-empty').waitFor()
  const scripts = answers.filter((answer) => answer.request().resourceType() === 'script')
  const sizes = await Promise.all(scripts.map((answer) => gzippedBytes(answer.url())))
  expect(scripts.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_SCRIPT_BYTES)
  expect(answers.filter((answer) => new URL(answer.url()).origin !== server.origin)).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

test('the policy lets in no inline script or style, and nothing of another host; lasting files are kept for ever', async () => {
  const home = await fetch(server.origin)
  const policy = home.headers.get('Content-Security-Policy') ?? ''
  expect(policy).not.toMatch(/unsafe-|\*|https?:|blob:/)
  for (const rule of ["default-src 'none'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(rule)
  }
  const script = /src="(\/assets\/page-\w+\.js)"/.exec(await home.text())?.[1] ?? ''
  for (const encoding of ['br', 'gzip', 'identity']) {
    const headers = { 'Accept-Encoding': encoding }
    const file = await fetch(server.origin + script, { headers, decompress: false })
    expect(file.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(file.headers.get('Content-Encoding') ?? 'identity').toBe(encoding)
  }
  expect((await fetch(`${server.origin}/assets/..%2fassets.json`)).status).toBe(404)
  expect((await fetch(`${server.origin}/assets/assets.json`)).status).toBe(404)
})

async function gzippedBytes(url: string): Promise<number> {
  const answer = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' }, decompress: false })
  expect(answer.headers.get('Content-Encoding')).toBe('gzip')
  return (await answer.arrayBuffer()).byteLength
}
