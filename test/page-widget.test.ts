// <propromo-chat> in a page of another origin, as docs/embed.md describes it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Browser, Page, WebSocket } from 'playwright-core'
import { barriersIn } from './support/barriers.ts'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter, hears } from './support/client-room.ts'
import { type HostPage, openHostPage } from './support/host-page.ts'
import { startPageServer } from './support/page-server.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { freePort } from './support/ports.ts'
import type { Server } from './support/server.ts'

/** What a careless page says to everything in it. */
const HOSTILE = `
html { font-size: 62.5% }
* { color: red !important; font: 40px/3 cursive !important; letter-spacing: 1em !important; text-transform: uppercase !important }
div, p, section, textarea, button { display: none !important; background: lime !important }
propromo-chat { display: block !important }`

let server: Server
let browser: Browser
let customer: Person
let host: HostPage
let stranger: HostPage

beforeAll(async () => {
  const [port, other] = [await freePort(), await freePort()]
  const ALLOWED_ORIGINS = `http://127.0.0.1:${port}`
  server = await startPageServer({ ALLOWED_ORIGINS })
  browser = await startBrowser()
  customer = await Person.logIn(server, CUSTOMER)
  host = openHostPage(port, server.origin, customer)
  stranger = openHostPage(other, server.origin, customer)
})
beforeEach(() => {
  Object.assign(host, { person: customer, css: '' })
})
afterAll(async () => {
  await browser.close()
  await Promise.all([host, stranger].map((each) => each[Symbol.asyncDispose]()))
  await server.remove()
})

test('[C6] two people talk, one of them through the widget in the page of another origin with a strict policy', async () => {
  using max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
  const { page, context, faults } = await openWindow(browser)
  await page.goto(host.origin)
  await isLive(page)
  await max.send('Hello, page of somebody else!').settled
  await page.getByText('Hello, page of somebody else!').first().waitFor()
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello from within.')
  await page.getByRole('button', { name: 'Send' }).click()
  await hears(max, 'Hello from within.')
  await page.getByText('Hello from within.').first().waitFor()
  expect(faults).toEqual([])
  await context.close()
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the widget: ${colorScheme}`, async () => {
    const { page, context } = await openWindow(browser, { colorScheme })
    await page.goto(host.origin)
    await isLive(page)
    await page.getByRole('textbox', { name: 'Message' }).waitFor()
    expect(await barriersIn(page)).toEqual([])
    await context.close()
  })
}

test('the styles of the page around it do not get in, and its custom properties do', async () => {
  host.css = HOSTILE
  const { page, context } = await openWindow(browser)
  await page.goto(host.origin)
  await isLive(page)
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.waitFor()
  const look = await page.locator('propromo-chat .widget').evaluate((widget) => {
    const { color, fontSize, fontFamily, letterSpacing, textTransform, borderRadius } = getComputedStyle(widget)
    return { color, fontSize, fontFamily, letterSpacing, textTransform, borderRadius }
  })
  expect(look).toEqual({
    color: 'rgb(29, 33, 37)',
    fontSize: '16px',
    fontFamily: 'Georgia, serif',
    letterSpacing: 'normal',
    textTransform: 'none',
    borderRadius: expect.any(String),
  })
  const accent = () =>
    page
      .locator('propromo-chat')
      .evaluate((element) =>
        getComputedStyle(element.shadowRoot?.querySelector('.widget') ?? element).getPropertyValue('--accent'),
      )
  expect(await accent()).toBe('light-dark(#7a1f5c, #f0a8d8)')
  await page.locator('propromo-chat').evaluate((element) => element.setAttribute('theme', 'dark'))
  expect(await page.locator('.widget').evaluate((widget) => getComputedStyle(widget).color)).toBe('rgb(236, 234, 228)')
  await context.close()
})

test('removed from the page it closes its socket; put back it opens another; moved it keeps the one it has', async () => {
  const { page, context } = await openWindow(browser)
  const sockets: WebSocket[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  await page.goto(host.origin)
  await isLive(page)
  const element = await page.locator('propromo-chat').elementHandle()
  await element?.evaluate((chat) => document.body.prepend(chat))
  await isLive(page)
  expect(sockets.map((socket) => socket.isClosed())).toEqual([false])
  const closed = sockets[0]?.waitForEvent('close')
  await element?.evaluate((chat) => chat.remove())
  await closed
  expect(await element?.evaluate((chat) => chat.shadowRoot?.childElementCount)).toBe(0)
  await element?.evaluate((chat) => document.body.append(chat))
  await isLive(page)
  expect(sockets.map((socket) => socket.isClosed())).toEqual([true, false])
  await context.close()
})

test('several stand on one page, with tickets from a function that was set before the script came, and tell what is unread', async () => {
  using max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
  const { page, context } = await openWindow(browser)
  await page.addInitScript(() => {
    const told: unknown[] = []
    Object.assign(globalThis, { told })
    addEventListener('propromo-unread', (event) => told.push((event as CustomEvent).detail))
    addEventListener('DOMContentLoaded', () => {
      const second = document.createElement('propromo-chat')
      second.setAttribute('monitor', 'w32tgse')
      const ticket = async () => (await (await fetch('/chat-ticket', { method: 'POST' })).json()).token
      document.body.append(Object.assign(second, { ticket }))
    })
  })
  await page.goto(host.origin)
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('propromo-chat')].filter((each) =>
        each.shadowRoot?.querySelector('[data-status=live]'),
      ).length === 2,
  )
  await max.send('For both.').settled
  for (const place of [0, 1]) await page.locator('propromo-chat').nth(place).getByText('For both.').first().waitFor()
  const told = await page.evaluate(() => (globalThis as unknown as { told: { count: number }[] }).told)
  expect(told.every(({ count }) => Number.isInteger(count))).toBe(true)
  expect(told.length).toBeGreaterThanOrEqual(2)
  await context.close()
})

const REFUSALS = [
  {
    why: 'its server refuses',
    code: 'no_access',
    en: 'You are no member of this chat.',
    de: 'Sie sind kein Mitglied dieses Chats.',
  },
  {
    why: 'the chat does not accept the site',
    code: 'origin_refused',
    en: 'The chat does not accept this website yet.',
    de: 'Der Chat lässt diese Website noch nicht zu.',
  },
]
for (const { why, code, en, de } of REFUSALS) {
  for (const [language, sentence] of [
    ['en', en],
    ['de', de],
  ] as const) {
    test(`when ${why} the widget says so, and tells the page (${language})`, async () => {
      if (code === 'no_access') host.person = null
      const { page, context } = await openWindow(browser)
      await page.addInitScript(() => {
        addEventListener('propromo-ended', (event) =>
          Object.assign(globalThis, { ended: (event as CustomEvent).detail }),
        )
      })
      await page.goto(code === 'no_access' ? host.origin : stranger.origin)
      await page.locator('propromo-chat').evaluate((element, lang) => element.setAttribute('lang', lang), language)
      await page.getByText(sentence).waitFor()
      expect(await page.evaluate(() => (globalThis as unknown as { ended: object }).ended)).toEqual({ code })
      await context.close()
    })
  }
}

test('whoever has a ticket but is no member is told so', async () => {
  const { page, context } = await openWindow(browser)
  await page.goto(host.origin)
  await page.locator('propromo-chat').evaluate((element) => element.setAttribute('monitor', 'nobodys-room'))
  await page.getByText(/no (?:member|longer a member) of this chat/).waitFor()
  await page.locator('propromo-chat').evaluate((element) => element.removeAttribute('monitor'))
  await page.getByText('This chat is not set up yet').waitFor()
  await context.close()
})

test('the files of the widget may be read by any page, and nothing else may', async () => {
  const headers = async (path: string) => {
    const answer = await fetch(server.origin + path, { headers: { Origin: 'https://elsewhere.example' } })
    return [
      answer.status,
      ...['Access-Control-Allow-Origin', 'Cross-Origin-Resource-Policy'].map((name) => answer.headers.get(name)),
    ]
  }
  const loader = await (await fetch(`${server.origin}/widget.js`)).text()
  const [, file = ''] = /'\.(\/assets\/[\w-]+\.js)'/.exec(loader) ?? []
  for (const path of ['/widget.js', file, '/assets/icon.svg'])
    expect([path, await headers(path)]).toEqual([path, [200, '*', 'cross-origin']])
  for (const path of ['/', '/health', '/openapi.json', '/service-worker.js']) {
    expect([path, await headers(path)]).toEqual([path, [200, null, 'same-origin']])
  }
})

async function isLive(page: Page): Promise<void> {
  await page.waitForSelector('propromo-chat .connection[data-status=live]', { state: 'attached' })
}
