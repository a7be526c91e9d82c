// Which of several tabs tells of messages: one that is awake.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { recordNotifications, tellsOf, toldIn } from './support/page-notifications.ts'
import { startPageServer } from './support/page-server.ts'
import { signIn } from './support/page-views.ts'
import { CUSTOMER, Person, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser
let context: BrowserContext
let first: Page
let customer: PlainSocket

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  customer = await (await Person.logIn(server, CUSTOMER)).open()
})
beforeEach(async () => {
  const window = await openWindow(browser, { permissions: ['notifications'], serviceWorkers: 'block' })
  first = window.page
  context = window.context
  await context.addInitScript(recordNotifications)
  await signIn(first, server.origin, SCRUM_MASTER)
  await isLive(first)
})
afterEach(() => context.close())
afterAll(async () => {
  await browser.close()
  await customer.close()
  await server.remove()
})

async function isLive(page: Page): Promise<void> {
  await page.locator('.rooms-item[href$="w32tgse"] .avatar[data-online="true"]').waitFor({ state: 'attached' })
}

async function openTab(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(server.origin)
  await isLive(page)
  return page
}

/** Who waits for the lock, or has it: a tab that is gone, or asleep, does neither. */
async function tabsThatSeek(page: Page, count: number): Promise<void> {
  const seeking = () =>
    page.evaluate(async () => {
      const { held = [], pending = [] } = await navigator.locks.query()
      return [...held, ...pending].filter(({ name }) => name === 'propromo tells').length
    })
  while ((await seeking()) !== count) await page.evaluate(() => new Promise(requestAnimationFrame))
}

/** No browser without a screen ever hides a page, or lets it sleep. */
function putToSleep(page: Page): Promise<void> {
  return page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    for (const what of ['visibilitychange', 'freeze']) document.dispatchEvent(new Event(what))
  })
}

async function wake(page: Page): Promise<void> {
  await page.evaluate(() => void document.dispatchEvent(new Event('resume')))
}

test('the tab that was looked at last tells, and the one before tells again when it is gone', async () => {
  const last = await openTab()
  await customer.say('To the last one')
  await tellsOf(last, 'To the last one')
  expect(await toldIn(first)).toEqual([])
  await last.close()
  await tabsThatSeek(first, 1)
  await customer.say('To the first one')
  await tellsOf(first, 'To the first one')
})

test('a tab that is put to sleep leaves telling to another, and may tell again when it is woken', async () => {
  const last = await openTab()
  await tabsThatSeek(first, 2)
  await putToSleep(last)
  await tabsThatSeek(first, 1)
  await customer.say('While one sleeps')
  await tellsOf(first, 'While one sleeps')
  await wake(last)
  await tabsThatSeek(first, 2)
  await first.close()
  await tabsThatSeek(last, 1)
  await customer.say('Awake again')
  await tellsOf(last, 'Awake again')
})
