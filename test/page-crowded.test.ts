// More rooms and tabs than one person may have connections: what somebody looks at comes first, and the rest when there is room.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { signIn } from './support/page-views.ts'
import { ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'

let browser: Browser
let server: Server

beforeAll(async () => {
  browser = await startBrowser()
})
afterEach(() => server.remove())
afterAll(() => browser.close())

/** A tab with both rooms live, where no more than so many connections are let in. */
async function comeFirst(most: number) {
  server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', LIMIT_SOCKETS_PER_MEMBER: String(most) })
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  await signIn(window.page, server.origin, SCRUM_MASTER)
  await window.page.waitForFunction(() => document.querySelector('.rooms-coming') === null)
  return window
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${server.origin}/#/${ROOM}`)
  return page
}

const notice = (page: Page) => page.getByText('not all are live here for now')
const isLive = (page: Page) => page.waitForSelector('.connection[data-status=live]', { state: 'attached' })

test('a tab for which there is no room keeps to what it shows, says so, and asks for the rest when there may be room', async () => {
  const { page: first, context } = await comeFirst(3)
  const second = await openTab(context)
  await isLive(second)
  await notice(second).waitFor()
  let asked = 0
  second.on('request', (request) => {
    if (request.url().endsWith('/tickets')) asked += 1
  })
  await second.clock.fastForward(45_000)
  expect(asked).toBe(0)
  await first.close()
  await second.clock.fastForward(30_000)
  await notice(second).waitFor({ state: 'hidden' })
  await second.waitForFunction(() => document.querySelector('.rooms-coming') === null)
  await context.close()
})

test('whoever goes to a room that waits for room is let in, and the one of before waits', async () => {
  const { context } = await comeFirst(3)
  const second = await openTab(context)
  await notice(second).waitFor()
  await second.getByRole('link', { name: /Wendelgrund/ }).click()
  await second.getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await second.clock.fastForward(30_000)
  await isLive(second)
  await context.close()
})

test('a tab that nobody looks at makes room for what another one shows', async () => {
  const { page: first, context } = await comeFirst(2)
  await first.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  const second = await openTab(context)
  await notice(first).waitFor()
  await second.clock.fastForward(30_000)
  await isLive(second)
  await context.close()
})
