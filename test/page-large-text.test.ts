// Text of twice the size: what stands before the messages is not cut off, and they begin where it ends.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startFilled } from './support/filled-room.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

const MESSAGES = 300

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startFilled({ messages: MESSAGES, from: Date.parse('2026-05-04T09:30:00Z'), minutes: 1 })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** On a narrow screen, in the room, where nothing older can be loaded. */
async function comeLarge() {
  const window = await openWindow(browser, { viewport: { width: 360, height: 740 }, serviceWorkers: 'block' })
  const { page } = window
  await page.routeWebSocket(/\/chat\//, (route) => {
    const server = route.connectToServer()
    route.onMessage((frame) => {
      const { type, id } = JSON.parse(String(frame))
      if (type !== 'history') return server.send(frame)
      route.send(JSON.stringify({ type: 'refused', id, code: 'store_unavailable', message: 'Cannot look back now' }))
    })
  })
  await signIn(page, server.origin, CUSTOMER)
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  await openRoom(page)
  await page.locator('.timeline').getByText(`Message ${MESSAGES}.`).first().waitFor()
  return window
}

/** Where the edge ends and the first row begins, in pixels, and how much of the edge is out of sight. */
function edgeOf(page: Page) {
  return page.evaluate(() => {
    const edge = document.querySelector('.timeline-edge')
    const row = document.querySelector('.timeline-scroller li')
    if (!edge || !row) throw new Error('the list has no beginning')
    const cut = edge.scrollHeight - edge.clientHeight
    return { cut, gap: Math.round(row.getBoundingClientRect().top - edge.getBoundingClientRect().bottom) }
  })
}

test('what could not be loaded is said in full, and the messages begin below it', async () => {
  const { page, context, faults } = await comeLarge()
  const again = page.locator('.timeline-edge').getByRole('button', { name: 'Try again' })
  await page.locator('.timeline-scroller').evaluate((box) => box.scrollTo({ top: 0 }))
  await again.waitFor()
  await page.locator('.timeline-scroller').evaluate((box) => box.scrollTo({ top: 0 }))
  await page
    .locator('.timeline')
    .getByText(`Message ${MESSAGES - 49}.`)
    .first()
    .waitFor()
  expect(await edgeOf(page)).toEqual({ cut: 0, gap: 0 })
  expect(faults).toEqual([])
  await context.close()
})
