// How smoothly a room scrolls when all of its 100,000 messages are loaded, in a real browser.
import type { Page } from 'playwright-core'
import { openWindow, startBrowser } from '../test/support/browser.ts'
import { startFilled } from '../test/support/filled-room.ts'
import { openRoom, signIn } from '../test/support/page-views.ts'
import { CUSTOMER } from '../test/support/people.ts'
import { median } from './figures.ts'

const MESSAGES = Number(process.argv[2] ?? 100_000)
/** While everything is loaded, so many pixels are scrolled at a time: most of a page of messages. */
const STRIDE = 6_000
const WHEELS = 300
const MOST_LOADING_MILLISECONDS = 300_000

const server = await startFilled({ messages: MESSAGES, from: Date.UTC(2024, 0, 1), minutes: 10 })
const browser = await startBrowser()
try {
  const { page } = await openWindow(browser, { viewport: { width: 1280, height: 800 } })
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await page.locator('article[data-id]').first().waitFor()
  await page.mouse.move(800, 400)
  const loading = performance.now()
  await loadAll(page)
  console.log(`${MESSAGES} messages loaded in ${((performance.now() - loading) / 1000).toFixed(0)} s, page by page`)
  console.log(`rows in the document: ${await page.locator('article[data-id]').count()}`)
  const frames = await framesWhile(page, async () => {
    for (let wheel = 0; wheel < WHEELS; wheel++) await page.mouse.wheel(0, wheel % 100 < 50 ? 900 : -700)
  })
  const sorted = frames.toSorted((one, other) => one - other)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0)
  const told = `median ${median(frames).toFixed(0)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(0.9999)} ms`
  console.log(`frames while scrolling through them: ${told} (${frames.length} frames)`)
} finally {
  await browser.close()
  await server.remove()
}

async function loadAll(page: Page): Promise<void> {
  const until = performance.now() + MOST_LOADING_MILLISECONDS
  while (performance.now() < until) {
    await page.mouse.wheel(0, -STRIDE)
    const first = await page.evaluate(() => document.querySelector('article[data-id]')?.getAttribute('data-id'))
    if (first === '1') return
  }
  throw new Error('not everything was loaded in time')
}

/** The time from each frame to the next, in milliseconds. */
async function framesWhile(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(() => {
    const frames: number[] = []
    Object.assign(globalThis, { frames })
    let before = performance.now()
    const note = (now: number) => {
      frames.push(now - before)
      before = now
      requestAnimationFrame(note)
    }
    requestAnimationFrame(note)
  })
  await work()
  return page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)
}
