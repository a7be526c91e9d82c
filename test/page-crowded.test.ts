// More rooms and tabs than there may be connections: what somebody looks at comes first, and the rest when there is room.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { deadline } from './support/patience.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { scrape } from './support/scrape.ts'
import { type Server, startServer } from './support/server.ts'
import { RAILWAY } from './support/tables.ts'

let browser: Browser
let server: Server

beforeAll(async () => {
  browser = await startBrowser()
})
afterEach(() => server.remove())
afterAll(() => browser.close())

/** A tab with both rooms live, and the bakery's shown, where no more than so many connections are let in. */
async function comeFirst(most: number) {
  server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0', LIMIT_SOCKETS_PER_MEMBER: String(most) })
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  await signIn(window.page, server.origin, SCRUM_MASTER)
  await openRoom(window.page)
  await window.page.waitForFunction(() => document.querySelector('.rooms-coming') === null)
  await socketsAre(2)
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

/** What is gone may not have been noticed yet. */
async function socketsAre(count: number): Promise<void> {
  const late = deadline(() => `there were not ${count} sockets`)
  const sockets = async () => (await scrape(server)).value('propromo_chat_sockets{protocol="v1"}')
  try {
    while ((await Promise.race([sockets(), late.promise])) !== count);
  } finally {
    late.keep()
  }
}

/** Resolves when the page is let into the room. */
function isWelcomed(page: Page, room: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  page.on('websocket', (socket) => {
    if (!isOf(room)(new URL(socket.url()))) return
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"type":"welcome"')) resolve()
    })
  })
  return promise
}

/** Resolves when the page has been shown away from the room's door, and knows it. */
function isRefused(page: Page, room: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  page.on('websocket', (socket) => {
    if (isOf(room)(new URL(socket.url()))) socket.on('close', () => page.evaluate('0').then(() => resolve()))
  })
  return promise
}

const notice = (page: Page) => page.getByText('not all chats are live here')

test('a tab for which there is no room keeps to what it shows, says so, and asks for the rest when there may be room', async () => {
  const { page: first, context } = await comeFirst(3)
  const second = await openTab(context)
  await isLive(second)
  await notice(second).waitFor()
  let asked = 0
  second.on('request', (request) => {
    if (request.url().endsWith('/tickets')) asked += 1
  })
  await second.clock.fastForward(44_000)
  await second.clock.runFor(1_000)
  expect(asked).toBe(0)
  await first.close()
  await socketsAre(1)
  const welcomed = isWelcomed(second, RAILWAY)
  await second.clock.fastForward(30_000)
  await notice(second).waitFor({ state: 'hidden' })
  expect(asked).toBe(1)
  await welcomed
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

test('it waits longer each time, and is said once for all of it', async () => {
  const { context } = await comeFirst(3)
  const second = await openTab(context)
  await notice(second).waitFor()
  const told = await second.evaluateHandle(() => {
    const told: string[] = []
    const place = document.querySelector('.rooms-crowded') as Element
    new MutationObserver(() => told.push(place.textContent)).observe(place, { childList: true, subtree: true })
    return told
  })
  let asked = 0
  second.on('request', (request) => {
    if (request.url().endsWith('/tickets')) asked += 1
  })
  for (const [place, seconds] of [60, 120, 240].entries()) {
    const refused = isRefused(second, RAILWAY)
    await second.clock.fastForward((seconds - 15) * 1_000)
    await second.clock.runFor(1_000)
    expect(asked).toBe(place)
    await second.clock.fastForward(15_000)
    await refused
  }
  expect(await told.jsonValue()).toEqual([])
  await context.close()
})

test('a tab makes room for what another one shows, which comes in without waiting for long', async () => {
  const { page: first, context } = await comeFirst(2)
  const second = await context.newPage()
  await second.clock.install({ time: Date.now() })
  await second.clock.pauseAt(Date.now() + 60_000)
  await second.addInitScript(() => {
    Math.random = () => 0.999 // The SDK comes back as late as it may.
  })
  const refused = isRefused(second, ROOM)
  await second.goto(`${server.origin}/#/${ROOM}`)
  await refused
  await notice(first).waitFor()
  await socketsAre(1)
  await second.clock.runFor(2_000)
  await isLive(second)
  await context.close()
})

test('a tab that nobody looks at makes room too, and tries again as soon as it is the one that tells', async () => {
  const { page: first, context } = await comeFirst(3)
  const device = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await hide(first)
  const second = await openTab(context)
  await notice(first).waitFor()
  await isLive(second)
  await device.close()
  await hide(second, 'freeze')
  await notice(first).waitFor({ state: 'hidden' })
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

/** No browser without a screen ever hides a page, or lets it sleep. */
async function hide(page: Page, ...more: readonly 'freeze'[]): Promise<void> {
  await page.evaluate(
    (events) => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      for (const what of events) document.dispatchEvent(new Event(what))
    },
    ['visibilitychange', ...more],
  )
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

test('a chat that was never let in does not say that nothing was said there, until it knows', async () => {
  const { page, close } = await comeAlone()
  const device = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await signIn(page, server.origin, SCRUM_MASTER)
  await openRoom(page, RAILWAY)
  const item = page.locator('a.rooms-item[aria-current=page]')
  await notice(page).waitFor()
  await item.locator('.rooms-coming').waitFor({ state: 'detached' })
  expect(await item.innerText()).not.toContain('Nothing was said yet')
  await device.close()
  await item.getByText('Nothing was said yet').waitFor()
  await close()
})
