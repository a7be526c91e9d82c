// How the page speaks of people, in a real browser: whom an @ means, and what is said of oneself and of the others.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { unreadIn } from '../client/index.ts'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter, hears, until } from './support/client-room.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, PASSWORD, Person, ROOM } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import type { Server } from './support/server.ts'
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
  server = await startPageServer({ DATABASE_URL: postgres.url })
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
  await signIn(window.page, server.origin, CUSTOMER)
  await openRoom(window.page)
  await isLive(window.page)
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

test('nobody is said to have read everything whose unread messages are only not loaded', async () => {
  const talk = await (await Person.logIn(server, ANNA)).open()
  const other = await customer.open()
  await other.say('What Anna has not read')
  await other.close()
  // More than the page loads by itself.
  for (let number = 1; number <= 250; number += 1) talk.send(`Anna goes on, ${number}`)
  await talk.upTo('Anna goes on, 250')
  await talk.close()
  using room = enter(customer, ROOM)
  await becomes(room, 'live')
  room.read()
  await until(room, 'read', ({ timeline }) => unreadIn(timeline).count === 0 && !unreadIn(timeline).more)
  const page = await visit()
  await page.getByRole('main').getByRole('button', { name: 'Members', exact: true }).first().click()
  const item = page.getByRole('complementary').getByRole('listitem').filter({ hasText: ANNA })
  await item.getByText('Offline · has not read everything', { exact: true }).waitFor()
})

test('what one has said oneself is found as one’s own, in both languages', async () => {
  const talk = await customer.open()
  await talk.say('Is this to be found?')
  await talk.close()
  for (const [locale, panel, field, own] of [
    ['en-GB', 'Search', 'Search in this chat', /^You: show your message, /],
    ['de-DE', 'Suche', 'In diesem Chat suchen', /^Sie: Ihre Nachricht zeigen, /],
  ] as const) {
    const page = await visit({ locale })
    await page.getByRole('main').getByRole('button', { name: panel, exact: true }).first().click()
    await page.getByRole('searchbox', { name: field }).fill('is this to be found')
    await page.getByRole('complementary').getByRole('button', { name: own }).waitFor()
  }
})
