// More rooms and tabs than one person may have connections: what somebody looks at comes first, and the rest when there is room.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'
import { RAILWAY } from './support/tables.ts'

let browser: Browser
let server: Server

beforeAll(async () => {
  browser = await startBrowser()
})
afterEach(() => server.remove())
afterAll(() => browser.close())

/** A tab with both rooms live, where no more than so many connections are let in. */
async function comeFirst(most: number) {
  server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', LIMIT_SOCKETS_PER_MEMBER: String(most) })
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  await signIn(window.page, server.origin, SCRUM_MASTER)
  await window.page.waitForFunction(() => document.querySelector('.rooms-coming') === null)
  return window
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${server.origin}/#/${ROOM}`)
  return page
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('textbox', { name: 'Message' }).press('Enter')
}

const notice = (page: Page) => page.getByText('not all are live here for now')

test('a tab for which there is no room keeps to what it shows, says so, and asks for the rest when there may be room', async () => {
  const { page: first, context } = await comeFirst(3)
  const second = await openTab(context)
  await isLive(second)
  await notice(second).waitFor()
  let asked = 0
  second.on('request', (request) => {
    if (request.url().endsWith('/tickets')) asked += 1
  })
  await second.clock.fastForward(45_000)
  expect(asked).toBe(0)
  await first.close()
  await second.clock.fastForward(30_000)
  await notice(second).waitFor({ state: 'hidden' })
  await second.waitForFunction(() => document.querySelector('.rooms-coming') === null)
  await context.close()
})

test('whoever goes to a room that waits for room is let in, and the one of before waits', async () => {
  const { context } = await comeFirst(3)
  const second = await openTab(context)
  await notice(second).waitFor()
  await second.getByRole('link', { name: /Wendelgrund/ }).click()
  await second.getByRole('heading', { name: 'Wendelgrund heritage railway' }).waitFor()
  await second.clock.fastForward(30_000)
  await isLive(second)
  await context.close()
})

test('a tab that nobody looks at makes room for what another one shows', async () => {
  const { page: first, context } = await comeFirst(2)
  await first.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  const second = await openTab(context)
  await notice(first).waitFor()
  await second.clock.fastForward(30_000)
  await isLive(second)
  await context.close()
})

/** Signed in and live in the bakery's room, where no more than one connection is let in. */
async function comeAlone() {
  server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', LIMIT_SOCKETS_PER_MEMBER: '1' })
  const customer = await (await Person.logIn(server, CUSTOMER)).open()
  const { page, context } = await openWindow(browser, { serviceWorkers: 'block' })
  const close = async () => {
    await Promise.all([context.close(), customer.close()])
  }
  return { page, customer, close }
}

const isOf = (room: string) => (url: URL) => url.pathname === `/chat/${encodeURIComponent(room)}`

/** What is said here reaches the server no sooner than it is let through. */
function heldBack(route: WebSocketRoute) {
  const server = route.connectToServer()
  const held: (string | Buffer)[] = []
  route.onMessage((frame) => {
    if (String(frame).includes('Said before going')) held.push(frame)
    else server.send(frame)
  })
  return {
    letThrough: () => {
      for (const frame of held) server.send(frame)
    },
  }
}

/** Resolves when the page has come to the room's door so many times. */
function attempts(page: Page, room: string, times: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  page.on('websocket', (socket) => {
    if (!isOf(room)(new URL(socket.url()))) return
    times -= 1
    if (times === 0) resolve()
  })
  return promise
}

test('a chat that is about to send something is let finish, although whoever wrote it has gone to another one', async () => {
  const { page, customer, close } = await comeAlone()
  const routes: ReturnType<typeof heldBack>[] = []
  await page.routeWebSocket(isOf(ROOM), (route) => void routes.push(heldBack(route)))
  await signIn(page, server.origin, SCRUM_MASTER)
  await openRoom(page)
  await isLive(page)
  await say(page, 'Said before going')
  const refused = attempts(page, RAILWAY, 2)
  await openRoom(page, RAILWAY)
  await refused
  for (const { letThrough } of routes) letThrough()
  await customer.upTo('Said before going')
  await isLive(page)
  await close()
})

test('what waits in a chat that rests is sent when it is opened again, also where the browser keeps nothing', async () => {
  const { page, customer, close } = await comeAlone()
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
  })
  const device = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await signIn(page, server.origin, SCRUM_MASTER)
  await openRoom(page)
  await notice(page).waitFor()
  await say(page, 'Said without a place')
  await openRoom(page, RAILWAY)
  await device.close()
  await isLive(page)
  await openRoom(page)
  await customer.upTo('Said without a place')
  await close()
})
