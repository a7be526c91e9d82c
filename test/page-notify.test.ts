// What the page says while nobody looks at it, and what its keys do, in a real browser.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { press, recordNotifications, tellsOf, toldIn } from './support/page-notifications.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, roomsCome, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, type PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

/** Without the worker it is the page itself that shows notifications, where a test can look on. */
const MAY_NOTIFY: BrowserContextOptions = { permissions: ['notifications'], serviceWorkers: 'block' }

let server: Server
let browser: Browser
let customer: PlainSocket
let opened: Window[] = []

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
})
beforeEach(async () => {
  customer = await (await Person.logIn(server, CUSTOMER)).open()
})
afterEach(async () => {
  await customer.close()
  const faults = opened.flatMap((window) => window.faults)
  for (const { context } of opened) await context.close()
  opened = []
  expect(faults).toEqual([])
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** Signed in, with both rooms live. */
async function visit(options: BrowserContextOptions = {}, permission?: NotificationPermission): Promise<Page> {
  const window = await openWindow(browser, options)
  opened.push(window)
  await window.context.addInitScript(recordNotifications, permission)
  await signIn(window.page, server.origin, SCRUM_MASTER)
  await isLive(window.page)
  return window.page
}

/** Somebody said to be online, or nothing said yet: what only a room that was welcomed knows. And one tab tells of what is said. */
async function isLive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('.rooms-item').length === 2)
  await roomsCome(page)
  await page.locator('.rooms-item[href$="w32tgse"] .avatar[data-online="true"]').waitFor({ state: 'attached' })
  await holds(page, 'propromo tells', true)
}

/** The tabs know of each other by the browser's locks, which come and go a moment after what is to be seen. */
async function holds(page: Page, lock: string, expected: boolean): Promise<void> {
  await page.waitForFunction(
    async ([wanted, isHeld]) => {
      const { held = [] } = await navigator.locks.query()
      return held.some(({ name }) => name === wanted) === isHeld
    },
    [lock, expected] as const,
  )
}

/** Whether any tab shows the room that the customer talks in. */
const isLookedAt = (page: Page, expected: boolean) => holds(page, `propromo shows ${ROOM}`, expected)

/** The last thing said in that room, as the list shows it. */
const lastSaid = (page: Page, text: string) => page.locator('.rooms-last', { hasText: text }).waitFor()

test('the title and the picture of the tab say how much is unread', async () => {
  const page = await visit()
  const icon = page.locator('link[rel="icon"]')
  expect(await page.title()).toMatch(/Propromo Chat$/)
  const before = Number(/^\((\d+)\)/.exec(await page.title())?.[1] ?? 0)
  const picture = await icon.getAttribute('href')
  await customer.say('One')
  await customer.say('Two')
  await page.waitForFunction((title) => document.title.startsWith(title), `(${before + 2}) `)
  await page.waitForFunction((old) => document.querySelector('link[rel="icon"]')?.getAttribute('href') !== old, picture)
  expect(await icon.getAttribute('href')).toMatch(/^data:image\/png;base64,/)
})

test('what others say in a room that is not shown is told, as plain text, and leads there', async () => {
  const page = await visit(MAY_NOTIFY)
  const { id } = await customer.say('Is the **form** [ready](https://example.com)?\n\u202e> soon')
  const told = await tellsOf(page, 'ready')
  expect(told).toEqual({
    title: '\u2068Käthe Grüßmehl\u2069 · \u2068Grüßmehl bakery: web shop\u2069',
    body: 'Is the form ready? > soon',
    tag: `room ${ROOM}`,
  })
  await press(page)
  await page.waitForURL(new RegExp(`#/${ROOM}/${id}$`))
})

test('where there is a worker, it shows the notification, and a newer one takes its place', async () => {
  const page = await visit({ permissions: ['notifications'] })
  await page.evaluate(() => navigator.serviceWorker.ready)
  /** This one, and no other. */
  const isShown = ({ id, text }: { id: string; text: string }) =>
    page.waitForFunction(
      async (expected) => {
        const shown = await (await navigator.serviceWorker.ready).getNotifications()
        return JSON.stringify(shown.map(({ body, data }) => ({ body, data }))) === expected
      },
      JSON.stringify([{ body: text, data: { room: ROOM, message: id } }]),
    )
  await isShown(await customer.say('From the worker'))
  await isShown(await customer.say('And once more'))
})

test('nobody is told of the room they look at, nor of what they say themselves', async () => {
  const page = await visit(MAY_NOTIFY)
  await openRoom(page)
  await customer.say('You see this already')
  await page.getByText('You see this already').first().waitFor()
  await page.keyboard.press('Alt+ArrowDown')
  await page.getByRole('main').getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await isLookedAt(page, false)
  await customer.say('But not this')
  await tellsOf(page, 'But not this')
  expect((await toldIn(page)).map(({ body }) => body)).toEqual(['But not this'])
})

test('whoever has the page in the background is told of the room that it shows', async () => {
  const page = await visit(MAY_NOTIFY)
  await openRoom(page)
  // No browser without a screen ever hides a page.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await isLookedAt(page, false)
  await customer.say('While you were away')
  await tellsOf(page, 'While you were away')
})

/** The tab that was looked at last tells; and no browser without a screen ever turns from one tab to another. */
async function lookAt(page: Page): Promise<void> {
  await page.evaluate(async () => {
    document.dispatchEvent(new Event('visibilitychange'))
    await navigator.locks.query() // Answered in turn.
  })
}

test('one tab tells, and none of what another one shows', async () => {
  const page = await visit(MAY_NOTIFY)
  const other = await page.context().newPage()
  await other.goto(server.origin)
  await isLive(other)
  await lookAt(page)
  await customer.say('Once is enough')
  await tellsOf(page, 'Once is enough')
  await openRoom(other)
  await isLookedAt(page, true)
  await customer.say('The other tab shows this')
  for (const tab of [page, other]) await lastSaid(tab, 'The other tab shows this')
  expect(await toldIn(other)).toEqual([])
  await other.close()
  await isLookedAt(page, false)
  await customer.say('Now nobody does')
  await tellsOf(page, 'Now nobody does')
  expect((await toldIn(page)).map(({ body }) => body)).toEqual(['Once is enough', 'Now nobody does'])
})

test('a room tells of mentions alone, or of nothing, as one wishes', async () => {
  const page = await visit(MAY_NOTIFY)
  const wish = async (level: string) => {
    await page.goto(`${server.origin}/#/${ROOM}/project`)
    await page.getByRole('combobox', { name: 'Notify me of' }).selectOption(level)
    await page.goto(`${server.origin}/#/`)
    await page.getByRole('heading', { name: 'Choose a chat' }).waitFor()
    await isLookedAt(page, false)
  }
  await wish('Messages that mention me')
  await customer.say('Not for you in particular')
  await customer.say('Nor for whoever reads scrum@scrum.masters.example or @scrum.masters')
  await customer.say('@René Aubertin: this is for you')
  await tellsOf(page, 'this is for you')
  await wish('Nothing')
  await customer.say('@René Aubertin: nor is this')
  await lastSaid(page, 'nor is this')
  await wish('All messages')
  await customer.say('Everything again')
  await tellsOf(page, 'Everything again')
  expect((await toldIn(page)).map(({ body }) => body)).toEqual(['@René Aubertin: this is for you', 'Everything again'])
})

test('notifications are offered once, after the first message, and never on loading', async () => {
  const page = await visit({ serviceWorkers: 'block' }, 'default')
  const offer = page.getByText('Shall this device tell you when somebody answers?')
  await customer.say('Is anybody there?')
  await lastSaid(page, 'Is anybody there?')
  expect(await offer.count()).toBe(0)
  const phone = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await phone.say('I am')
  await page.getByRole('button', { name: 'Yes, please' }).click()
  await offer.waitFor({ state: 'detached' })
  await customer.say('Then tell me more')
  await tellsOf(page, 'Then tell me more')
  await page.reload()
  await isLive(page)
  await phone.say('I did')
  await lastSaid(page, 'I did')
  expect(await offer.count()).toBe(0)
  await phone.close()
})

test('the keyboard alone finds a room, walks through the rooms, and searches', async () => {
  const page = await visit()
  await page.keyboard.press('Control+k')
  await page.getByRole('searchbox', { name: 'Find a chat' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('heritage')
  await page.keyboard.press('Enter')
  await page.getByRole('main').getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await page.keyboard.press('Alt+ArrowUp')
  await page.getByRole('main').getByRole('heading', { name: 'Grüßmehl bakery: web shop' }).waitFor()
  await page.keyboard.press('Alt+ArrowUp')
  await page.getByRole('main').getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await customer.say('Unread')
  await lastSaid(page, 'Unread')
  await page.keyboard.press('Alt+Shift+ArrowDown')
  await page.getByRole('main').getByRole('heading', { name: 'Grüßmehl bakery: web shop' }).waitFor()
  await page.getByRole('button', { name: 'Members' }).focus()
  await page.keyboard.press('/')
  await page.getByRole('searchbox', { name: 'Search in this chat' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('a / b ?')
  expect(await page.getByRole('searchbox', { name: 'Search in this chat' }).inputValue()).toBe('a / b ?')
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
})

test('what was begun and not sent stands in the list, while another room is shown', async () => {
  const page = await visit()
  await openRoom(page)
  await page.locator('.composer textarea').fill('Not **quite** ready')
  const line = page.locator(`.rooms-item[href$="${ROOM}"] .rooms-last`)
  expect(await line.textContent()).not.toContain('Draft')
  await page.keyboard.press('Alt+ArrowDown')
  await line.getByText('Draft:').waitFor()
  expect(await line.textContent()).toBe('Draft: Not quite ready')
})
