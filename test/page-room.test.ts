// What a room of the page survives: long questions, its own end while something waits, and words that come late.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page, WebSocket } from 'playwright-core'
import { messagesIn, messageWith, type Room } from '../client/index.ts'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter, hears, until } from './support/client-room.ts'
import { openHostPage } from './support/host-page.ts'
import { pressOn } from './support/keyboard.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { freePort } from './support/ports.ts'
import type { Server } from './support/server.ts'
import { RAILWAY } from './support/tables.ts'

let server: Server
let browser: Browser
let max: Room
let hostPort: number

beforeAll(async () => {
  hostPort = await freePort()
  const ALLOWED_ORIGINS = `http://127.0.0.1:${hostPort}`
  server = await startPageServer({ ALLOWED_ORIGINS })
  browser = await startBrowser()
  max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
})
afterAll(async () => {
  await browser.close()
  max.close()
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

/** Says something, and deletes it: for a few seconds it could be undone. Gives back its id. */
async function sayAndDelete(page: Page, text: string, other: Room): Promise<string> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
  await hears(other, text)
  const id = messagesIn(other.state.timeline).findLast((message) => message.text === text)?.id ?? ''
  await pressOn(page.locator(`article[data-id="${id}"]`), 'Delete')
  await page.getByText('The message is being deleted.').first().waitFor()
  return id
}

function isDeleted(room: Room, id: string) {
  return until(room, 'told of the deletion', ({ timeline }) => messageWith(timeline, id)?.deleted === true)
}

test('a question longer than may be asked finds what its beginning finds, and the room stays', async () => {
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

test('a widget that is taken away deletes what was about to be deleted, and leaves', async () => {
  await using host = openHostPage(hostPort, server.origin, await Person.logIn(server, CUSTOMER))
  const { page, context } = await openWindow(browser)
  const sockets: WebSocket[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  await page.goto(host.origin)
  await isLive(page)
  const id = await sayAndDelete(page, 'Said through the widget', max)
  const closed = sockets[0]?.waitForEvent('close')
  await page.locator('propromo-chat').evaluate((chat) => chat.remove())
  await closed
  await isDeleted(max, id)
  await until(max, 'alone', ({ timeline }) => timeline.members.every((one) => one.email !== CUSTOMER || !one.online))
  expect(sockets.map((socket) => socket.isClosed())).toEqual([true])
  await context.close()
})

test('whoever signs out has deleted what was about to be deleted, and leaves nothing behind', async () => {
  const { page, context } = await visit(CUSTOMER)
  const id = await sayAndDelete(page, 'Said before signing out', max)
  await page.getByRole('button', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  await isDeleted(max, id)
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name.includes('outbox')))).toEqual([])
  await context.close()
})

test('a page that nobody sees any more deletes at once what was about to be deleted', async () => {
  const { page, context } = await openWindow(browser, { serviceWorkers: 'block' })
  await page.clock.install()
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await isLive(page)
  // From here on no seconds go by: the phone ends the page.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 5_000)
  const id = await sayAndDelete(page, 'Said before the phone was put away', max)
  // No browser without a screen ever hides a page.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await isDeleted(max, id)
  await context.close()
})

test('what was pasted in one room and comes late stays in that room', async () => {
  const { page, context } = await visit(SCRUM_MASTER)
  const field = page.locator('.composer textarea')
  const asked = page.waitForRequest('**/assets/chunk-*.js')
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/assets/chunk-*.js', async (route) => {
    await gate
    await route.continue()
  })
  await field.fill('I quote:')
  await field.evaluate((into) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', '<b>of room one</b>')
    clipboardData.setData('text/plain', 'of room one')
    into.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await asked
  await openRoom(page, RAILWAY)
  await page.getByRole('main').getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await field.focus()
  release()
  await page.locator(`a.rooms-item[href$="${ROOM}"]`, { hasText: 'I quote: of room one' }).waitFor()
  expect(await field.inputValue()).toBe('')
  await openRoom(page, ROOM)
  await page.getByRole('main').getByRole('heading', { name: 'Grüßmehl bakery' }).waitFor()
  expect(await field.inputValue()).toBe('I quote: **of room one**')
  await context.close()
})

test('Alt and an arrow leave a list of choices alone', async () => {
  const { page, context } = await visit(SCRUM_MASTER)
  await page.goto(`${server.origin}/#/${ROOM}/project`)
  await page.getByRole('combobox', { name: 'Notify me of' }).focus()
  await page.keyboard.press('Alt+ArrowDown')
  expect(page.url()).toContain(`#/${ROOM}/project`)
  await context.close()
})

for (const [platform, does, title] of [
  ['MacIntel', 'move the caret', 'Grüßmehl bakery'],
  ['Linux x86_64', 'change the room', 'Wendelgrund heritage railway'],
] as const)
  test(`while one writes, Alt and an arrow ${does}: ${platform}`, async () => {
    const { page, context } = await openWindow(browser, { serviceWorkers: 'block' })
    await page.addInitScript((value) => Object.defineProperty(navigator, 'platform', { value }), platform)
    await signIn(page, server.origin, SCRUM_MASTER)
    await openRoom(page)
    await page.locator('.composer textarea').press('Alt+ArrowDown')
    const heading = page.getByRole('main').getByRole('heading', { level: 2 })
    await heading.filter({ hasText: title }).waitFor()
    await context.close()
  })
