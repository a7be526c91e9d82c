// Whose words are whose: what one account wrote goes out under no other's name, and how much of it a sign-out takes.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { messagesIn, type Room } from '../client/index.ts'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter, hears } from './support/client-room.ts'
import { startPageServer } from './support/page-server.ts'
import { keepBusy } from './support/page-store.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

test('what a tab wrote waits for its own account, when another one signed in beside it meanwhile', async () => {
  const { page: customer, context } = await come(CUSTOMER)
  await cutOff(customer)
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

test('signing out takes what its own account has not sent, and leaves what another one has', async () => {
  const { page: customer, context } = await come(CUSTOMER)
  await cutOff(context)
  await say(customer, 'To be sent another day.')
  await customer.fill('.composer textarea', 'Begun by the customer.')
  await customer.close()
  const page = await context.newPage()
  await page.goto(server.origin)
  await page.evaluate(logOut)
  await context.unroute('**/tickets')
  await signIn(page, server.origin, SCRUM_MASTER)
  await openRoom(page)
  await isLive(page)
  await page.fill('.composer textarea', 'Begun by the scrum master.')
  await pressSignOut(page)
  await page.getByText('1 message that you have begun would be lost.').waitFor()
  await page.getByRole('button', { name: 'Yes, sign out' }).click()
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  expect(await keptHere(page)).toContain('To be sent another day.')
  expect(await keptHere(page)).toContain('Begun by the customer.')
  expect(await keptHere(page)).not.toContain('scrum')

  using max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await signIn(page, server.origin, CUSTOMER)
  await hears(max, 'To be sent another day.')
  expect(authorsOf(max, 'To be sent another day.')).toEqual([CUSTOMER])
  await context.close()
})

test('signing out asks about all that would be lost, whichever tab holds it', async () => {
  const { page, context } = await come(CUSTOMER)
  await say(page, 'To be edited.')
  await page.locator('.message-pending').waitFor({ state: 'detached' })
  const beside = await context.newPage()
  await beside.goto(`${server.origin}/#/${ROOM}`)
  await openRoom(beside)
  await beside.locator('.timeline').getByText('To be edited.', { exact: true }).waitFor()
  await isLive(beside)
  await cutOff(context)
  await beside.locator('.composer textarea').press('ArrowUp')
  await beside.waitForSelector('.composing')
  await say(beside, 'Edited beside it.')
  await say(page, 'Not sent yet.')
  await page.waitForFunction(
    () => Object.keys(localStorage).filter((name) => /^propromo outbox/.test(name)).length === 2,
  )
  await pressSignOut(page)
  await page.getByText('2 messages or changes not sent yet would be lost.').waitFor()
  await page.getByRole('button', { name: 'Yes, sign out' }).click()
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  expect(await page.evaluate(() => Object.entries(localStorage))).toEqual([])
  await context.close()
})

test('the form comes after a sign-out when all that was read is gone, in one go', async () => {
  const { page, context } = await come(SCRUM_MASTER)
  await until(page, (kept) => JSON.parse(kept).length === 2)
  await page.evaluate(noteOrder)
  await pressSignOut(page)
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  expect(await keptTimelines(page)).toBe('[]')
  expect(await page.evaluate(() => document.documentElement.dataset['order']?.split(' ').slice(0, 2))).toEqual([
    'forgotten',
    'form',
  ])
  await context.close()
})

test('it also comes after them where the database of the browser is busy for seconds', async () => {
  const { page, context } = await come(CUSTOMER)
  await until(page, (kept) => JSON.parse(kept).length === 1)
  await page.evaluate(noteOrder)
  await page.route('**/logout', async (route) => {
    await page.evaluate(keepBusy, 2_000)
    await route.continue()
  })
  await pressSignOut(page)
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  expect(await keptTimelines(page)).toBe('[]')
  expect(await page.evaluate(() => document.documentElement.dataset['order'])).toMatch(/^forgotten form/)
  await context.close()
})

test('an answer that was on its way while one signed out brings nobody back in', async () => {
  const { page, context } = await come(CUSTOMER)
  const given = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  await page.route('**/tickets', async (route) => {
    const response = await route.fetch()
    given.resolve()
    await gate.promise
    await route.fulfill({ response })
  })
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange'))) // Looks at the rooms anew.
  await given.promise
  await pressSignOut(page)
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  const answered = page.waitForResponse('**/tickets')
  gate.resolve()
  await (await answered).finished()
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
  expect(await page.locator('.rooms').count()).toBe(0)
  expect(await page.getByText('Your sign-in has ended').count()).toBe(0)
  await context.close()
})

test('a sign-in that ends elsewhere while signing out fails here leads to the form all the same', async () => {
  const { page, context } = await come(CUSTOMER)
  const cookies = await context.cookies()
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  await page.route('**/logout', async (route) => {
    await fetch(`${server.origin}/logout`, { method: 'POST', headers: { Cookie } })
    await page.locator('.connection[data-status=ended]').waitFor({ state: 'attached' })
    await route.abort()
  })
  await pressSignOut(page)
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  await page.getByText('Your sign-in has ended').waitFor()
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
  await page.press('.composer textarea', 'Enter')
}

/** No socket is there, and none comes back: there are no tickets any more. */
async function cutOff(where: BrowserContext | Page): Promise<void> {
  await where.route('**/tickets', (route) => route.abort())
  await server.stop()
  await server.restart()
}

async function pressSignOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
}

/** As from another device: the page hears of it. */
async function endSignIn(page: Page): Promise<void> {
  await page.evaluate(logOut)
  await page.getByText('Your sign-in has ended').waitFor()
}

async function logOut(): Promise<void> {
  await fetch('/logout', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
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

/** Notes in the document when something is deleted in the database for good, and when the form is there. */
function noteOrder(): void {
  const order: string[] = []
  const note = (what: string) => {
    order.push(what)
    document.documentElement.dataset['order'] = order.join(' ')
  }
  for (const name of ['clear', 'delete'] as const) {
    const original: (this: IDBObjectStore, ...key: never[]) => IDBRequest<undefined> = IDBObjectStore.prototype[name]
    IDBObjectStore.prototype[name] = function (...key: never[]) {
      this.transaction.addEventListener('complete', () => note('forgotten'))
      return original.apply(this, key)
    }
  }
  new MutationObserver(() => {
    if (!order.includes('form') && document.querySelector('.sign-in')) note('form')
  }).observe(document, { childList: true, subtree: true })
}
