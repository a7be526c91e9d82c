// Where a page leaves its reader, in a real browser: what did not succeed moves nobody later, and no focus gets lost.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { startFilled } from './support/filled-room.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

const PAST = 400

let server: Server
let browser: Browser
const opened: Window[] = []

beforeAll(async () => {
  server = await startFilled({ messages: PAST, from: Date.now() - PAST * 60_000, minutes: 1 })
  browser = await startBrowser()
})
afterEach(async () => {
  for (const { context } of opened.splice(0)) await context.close()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** The customer's page, in the room. */
async function visit(): Promise<Page> {
  const window = await openWindow(browser)
  opened.push(window)
  await signIn(window.page, server.origin, CUSTOMER)
  await openRoom(window.page)
  await window.page.locator(`[data-id="${PAST}"]`).waitFor()
  return window.page
}

function becomes(page: Page, status: 'live' | 'offline'): Promise<unknown> {
  return page.waitForSelector(`.connection[data-status=${status}]`, { state: 'attached' })
}

/** Goes to a message by its address. */
async function goTo(page: Page, id: string): Promise<void> {
  await page.evaluate((wanted) => {
    location.hash = `${location.hash.split('/').slice(0, 2).join('/')}/${wanted}`
  }, id)
}

test('a jump that failed is forgotten by whoever goes to the newest messages, also when the connection is back', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  await goTo(page, '5')
  const notice = page.locator('.timeline-notice')
  await notice.getByText('The messages could not be loaded.').waitFor()
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('said at the end')
  await field.press('Enter')
  await page.context().setOffline(false)
  await becomes(page, 'live')
  await page.getByRole('article').filter({ hasText: 'said at the end' }).and(page.locator('[data-id]')).waitFor()
  // Whatever was asked for when the connection came back has been answered when this has.
  await page.getByRole('main').getByRole('button', { name: 'Search', exact: true }).first().click()
  await page.getByRole('searchbox', { name: 'Search in this chat' }).fill('message 7')
  await page.getByRole('complementary').getByRole('listitem').first().waitFor()
  expect(await notice.isHidden()).toBe(true)
  expect(await page.locator('[data-id="5"]').count()).toBe(0)
  expect(await page.locator(`[data-id="${PAST}"]`).count()).toBe(1)
})

test('what could not be loaded is told wherever it is missing, and all of it is tried again', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  await page.locator('.timeline-scroller').evaluate((scroller) => {
    scroller.scrollTop = 0
  })
  const edge = page.locator('.timeline-edge').getByRole('alert')
  await edge.waitFor()
  await goTo(page, '5')
  const notice = page.locator('.timeline-notice')
  await notice.getByText('The messages could not be loaded.').waitFor()
  expect(await edge.count()).toBe(1)
  await page.context().setOffline(false)
  await page.locator('[data-id="5"]').waitFor()
  await edge.waitFor({ state: 'detached' })
  expect(await notice.isHidden()).toBe(true)
})
