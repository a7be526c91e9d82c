// Whose words are whose: what one account wrote goes out under no other's name, and how much of it a sign-out takes.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { messagesIn, type Room } from '../client/index.ts'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter, hears } from './support/client-room.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', LIMIT_TICKETS_PER_MINUTE: '0' })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

test('what a tab wrote waits for its own account, when another one signed in beside it meanwhile', async () => {
  const { page: customer, context } = await come(CUSTOMER)
  await customer.route('**/tickets', (route) => route.abort())
  await server.stop()
  await server.restart()
  await say(customer, 'Written by the customer.')
  const beside = await context.newPage()
  await beside.goto(server.origin)
  await endSignIn(beside)
  await signIn(beside, server.origin, SCRUM_MASTER)
  await openRoom(beside)
  await isLive(beside)

  using max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
  await customer.unroute('**/tickets')
  const either = [customer.getByText('Your sign-in has ended').waitFor(), hears(max, 'Written by the customer.')]
  await Promise.race(either)
  expect(authorsOf(max, 'Written by the customer.')).toEqual([])
  expect(await keptAccount(customer)).toContain(SCRUM_MASTER) // Who is in beside it stays in.

  await endSignIn(beside)
  await signIn(customer, server.origin, CUSTOMER)
  await hears(max, 'Written by the customer.')
  expect(authorsOf(max, 'Written by the customer.')).toEqual([CUSTOMER])
  await context.close()
})

test('a sign-in that was ended from elsewhere leaves nothing that was read on the device, and what was not sent', async () => {
  const { page, context } = await come(CUSTOMER)
  await say(page, 'Read on a lost phone.')
  await until(page, (kept) => kept.includes('Read on a lost phone.'))
  await page.fill('.composer textarea', 'Begun on a lost phone.')
  await endSignIn(page)
  await until(page, (kept) => kept === '[]')
  expect(await keptHere(page)).toContain('Begun on a lost phone.')
  await context.close()
})

async function come(email: string) {
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  await signIn(window.page, server.origin, email)
  await openRoom(window.page)
  await isLive(window.page)
  return window
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('.composer textarea', text)
  await page.getByRole('button', { name: 'Send' }).click()
}

async function isLive(page: Page): Promise<void> {
  await page.waitForSelector('.connection[data-status=live]', { state: 'attached' })
}

/** As from another device: the page hears of it. */
async function endSignIn(page: Page): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  await page.evaluate((request) => fetch('/logout', request), { method: 'POST', headers, body: '{}' })
  await page.getByText('Your sign-in has ended').waitFor()
}

const keptAccount = (page: Page) => page.evaluate(() => localStorage.getItem('propromo account'))

function authorsOf(room: Room, text: string): readonly string[] {
  return messagesIn(room.state.timeline).flatMap((message) => (message.text === text ? message.by : []))
}

const keptHere = (page: Page) => page.evaluate(() => JSON.stringify(localStorage))

/** Of what was read in the rooms, as the browser's database holds it. */
async function until(page: Page, holds: (kept: string) => boolean): Promise<void> {
  while (!holds(await keptTimelines(page))) await page.evaluate(() => new Promise(requestAnimationFrame))
}

const keptTimelines = (page: Page) =>
  page.evaluate(async () => {
    const opened = indexedDB.open('propromo')
    await new Promise((resolve) => {
      opened.onsuccess = resolve
    })
    const all = opened.result.transaction('timelines').objectStore('timelines').getAll()
    await new Promise((resolve) => {
      all.onsuccess = resolve
    })
    opened.result.close()
    return JSON.stringify(all.result)
  })
