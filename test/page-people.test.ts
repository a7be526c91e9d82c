// How the page speaks of people, in a real browser: whom an @ means, and what is said of oneself and of the others.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter, hears } from './support/client-room.ts'
import { UNLIMITED } from './support/filled-room.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, PASSWORD, Person, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Server, startServer } from './support/server.ts'
import { laravelHash, Propromo } from './support/tables.ts'

const ANNA = 'anna@example.com'

let postgres: Postgres
let propromo: Propromo
let server: Server
let browser: Browser
let customer: Person
const windows: Window[] = []

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  for (const [name, email] of [
    ['Anna', ANNA],
    ['Anna Schmidt', 'schmidt@example.com'],
  ] as const) {
    await propromo.addAccount(email, await laravelHash(PASSWORD), ROOM)
    await propromo.sql`UPDATE users SET name = ${name} WHERE email = ${email}`
  }
  server = await startServer({ DATABASE_URL: postgres.url, ...UNLIMITED })
  browser = await startBrowser()
  customer = await Person.logIn(server, CUSTOMER)
})
afterEach(async () => {
  for (const { context, faults } of windows.splice(0)) {
    expect(faults).toEqual([])
    await context.close()
  }
})
afterAll(async () => {
  await browser.close()
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

async function visit(options: BrowserContextOptions = {}): Promise<Page> {
  const window = await openWindow(browser, options)
  windows.push(window)
  window.page.setDefaultTimeout(8_000)
  await signIn(window.page, server.origin, CUSTOMER)
  await openRoom(window.page)
  await window.page.waitForSelector('.connection[data-status=live]', { state: 'attached' })
  return window.page
}

test('whoever has chosen a name is offered no longer one that begins the same: Enter sends', async () => {
  using listener = enter(customer, ROOM)
  await becomes(listener, 'live')
  const page = await visit()
  const options = page.getByRole('option')
  await page.getByRole('textbox', { name: 'Message' }).pressSequentially('@ann')
  await options.nth(1).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('textarea')?.value === '@Anna ')
  await page.keyboard.press('Shift') // Any key makes the page look at what stands before the caret.
  expect(await options.count()).toBe(0)
  await page.keyboard.press('Backspace')
  await options.getByText('Anna Schmidt').waitFor()
  await page.keyboard.type(' ')
  await options.first().waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await hears(listener, '@Anna')
  await page.keyboard.type('@')
  await options.first().waitFor()
})
