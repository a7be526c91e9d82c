// What a room of the page survives: long questions, its own end while something waits, and words that come late.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter } from './support/client-room.ts'
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

/** Signed in and live in the room. */
async function visit(email: string, options: BrowserContextOptions = {}): Promise<Window> {
  const window = await openWindow(browser, { serviceWorkers: 'block', ...options })
  await signIn(window.page, server.origin, email)
  await openRoom(window.page)
  await isLive(window.page)
  return window
}

async function isLive(page: Page): Promise<void> {
  await page.waitForSelector('.connection[data-status=live]', { state: 'attached' })
}

test('a question longer than may be asked finds what its beginning finds, and the room stays', async () => {
  using max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
  await max.send('The word of the day').settled
  const { page, context } = await visit(CUSTOMER)
  await page.click('.room-panels button:nth-child(1)')
  const field = page.locator('.panel-field input')
  const found = page.locator('.panel').getByText('1 message', { exact: true })
  await field.fill('word '.repeat(45)) // As a program would: the field's own limit is for hands.
  await found.waitFor()
  await field.fill('')
  await page.keyboard.insertText(`${'a'.repeat(199)}bcd`)
  expect(await field.inputValue()).toBe(`${'a'.repeat(199)}b`)
  await page.getByText('No message has all of these words.').waitFor()
  await context.close()
})
