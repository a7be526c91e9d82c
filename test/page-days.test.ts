// A page that is open for longer than a day says what was today, and since when it is offline, as it is now.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

const HOUR = 3_600_000

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  const socket = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await socket.say('Said today')
  await socket.close()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** Live in the room, by a clock that the test sets: three minutes before midnight where the page is. */
async function comeLate(origin: string) {
  const window = await openWindow(browser, { serviceWorkers: 'block', timezoneId: 'UTC' })
  const { page } = window
  await page.clock.install({ time: new Date().setUTCHours(23, 57, 0, 0) })
  await signIn(page, origin, CUSTOMER)
  await openRoom(page)
  await page.locator('.timeline').getByText('Said today', { exact: true }).waitFor()
  return window
}

const divider = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('today becomes yesterday at midnight, and yesterday a date', async () => {
  const { page, context } = await comeLate(server.origin)
  await divider(page, 'Today').waitFor()
  await page.clock.fastForward(HOUR)
  await divider(page, 'Yesterday').waitFor()
  await page.clock.fastForward(24 * HOUR)
  await divider(page, 'Yesterday').waitFor({ state: 'detached' })
  await page.locator('.day-divider').getByRole('button', { name: / \d+ / }).waitFor()
  await context.close()
})

test('since when the page is offline has a date, once that was another day', async () => {
  const proxy = await startCuttingProxy(server.port)
  const { page, context } = await comeLate(proxy.origin)
  const line = page.locator('.connection')
  await proxy.remove()
  await page.clock.fastForward(5_000)
  await line.filter({ hasText: /Offline since 23:5\d/ }).waitFor()
  await page.clock.fastForward(HOUR)
  await line.filter({ hasText: /Offline since \d+ \w+, 23:5\d/ }).waitFor()
  expect(await page.locator('.rooms-trouble').first().getAttribute('title')).toMatch(/since \d+ \w+, 23:5\d$/)
  await context.close()
})
