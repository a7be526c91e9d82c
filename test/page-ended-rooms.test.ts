// Rooms that one is no member of any more: the page asks once which are left, however much goes on meanwhile.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page, WebSocketRoute } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, roomsCome, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'
import { RAILWAY } from './support/tables.ts'

let server: Server
let browser: Browser
let customer: PlainSocket

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  customer = await (await Person.logIn(server, CUSTOMER)).open()
})
afterAll(async () => {
  await browser.close()
  await customer.close()
  await server.remove()
})

/** Signed in and live in both rooms; `end` shows the person out of the one that is not shown. */
async function comeToBoth() {
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  const { page } = window
  const railway = Promise.withResolvers<WebSocketRoute>()
  const isRailway = (url: URL) => url.pathname === `/chat/${encodeURIComponent(RAILWAY)}`
  await page.routeWebSocket(isRailway, (route) => {
    route.connectToServer()
    railway.resolve(route)
  })
  await signIn(page, server.origin, SCRUM_MASTER)
  await openRoom(page)
  const socket = await railway.promise
  await roomsCome(page)
  return { ...window, end: () => socket.close({ code: 4503, reason: 'no_access' }) }
}

const trouble = (page: Page) => page.locator('.rooms-item .rooms-trouble[title="No longer connected"]')

test('a room that has ended is asked about once, whatever is said in the others while there is no answer', async () => {
  const { page, context, end } = await comeToBoth()
  let asked = 0
  await page.route('**/tickets', () => {
    asked += 1
  })
  await end()
  await trouble(page).waitFor()
  for (const place of [1, 2, 3, 4, 5]) {
    await customer.say(`Meanwhile ${place}`)
    await page.locator('.timeline').getByText(`Meanwhile ${place}`, { exact: true }).waitFor()
  }
  expect(asked).toBe(1)
  await context.close()
})

test('a room that has ended and is still listed is not asked about again', async () => {
  const { page, context, end } = await comeToBoth()
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/tickets')) asked += 1
  })
  const answered = page.waitForResponse('**/tickets')
  await end()
  await answered
  await customer.say('After the answer')
  await page.locator('.timeline').getByText('After the answer', { exact: true }).waitFor()
  expect(asked).toBe(1)
  expect(await page.locator('a.rooms-item').count()).toBe(2)
  await context.close()
})

test('[L3] who has no room any more has an empty list, also after a reload', async () => {
  const { page, context, end } = await comeToBoth()
  const json = { success: false, code: 'no_chats', message: 'Cannot give a ticket' }
  await page.route('**/tickets', (route) => route.fulfill({ status: 403, json }))
  await end()
  await page.getByText('You follow no monitor yet.').waitFor()
  expect(await page.locator('a.rooms-item').count()).toBe(0)
  await page.reload()
  await page.getByText('You follow no monitor yet.').waitFor()
  await context.close()
})
