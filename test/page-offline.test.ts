// The page without a network: it opens with what was last read, and what is written goes out once, from whichever tab is there.
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
let scrumMaster: Person

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

test('the page can be installed: its manifest is sound, every icon is what it says, and a worker is at hand', async () => {
  const { page, context, faults } = await openWindow(browser)
  await page.goto(server.origin)
  await workerReady(page)
  const devtools = await context.newCDPSession(page)
  const { errors, data } = await devtools.send('Page.getAppManifest')
  expect([errors, JSON.parse(data ?? '')]).toMatchObject([[], { start_url: '/', display: 'standalone' }])
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // A test's window is a private one, which is the one thing that is in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
  const sizes = await page.evaluate(async () => {
    const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="apple-touch-icon"]')].map(
      ({ href }) => href,
    )
    const manifest = await (await fetch('/manifest.webmanifest')).json()
    const named: readonly { src: string; sizes: string }[] = manifest.icons
    const all = [...named, ...links.map((src) => ({ src, sizes: '180x180' }))]
    return Promise.all(
      all.map(async ({ src, sizes }) => {
        const image = Object.assign(new Image(), { src })
        await image.decode()
        return [sizes, `${image.naturalWidth}x${image.naturalHeight}`]
      }),
    )
  })
  expect(sizes.filter(([said, is]) => said !== 'any' && said !== is)).toEqual([])
  expect(sizes).toHaveLength(5)
  expect(faults).toEqual([])
  await context.close()
})

test('the worker keeps the document and the files of its build, and nothing that an account has a part in', async () => {
  const { page, context } = await openWindow(browser)
  await signIn(page, server.origin, CUSTOMER)
  await workerReady(page)
  await openRoom(page)
  const kept = await page.evaluate(async () => {
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)))
    const requests = (await Promise.all(caches.map((cache) => cache.keys()))).flat()
    return requests.map(({ url }) => new URL(url).pathname + new URL(url).search)
  })
  expect(kept).toContain('/')
  expect(kept.filter((path) => path !== '/' && !/^\/assets\/[\w-]+\.(?:js|css)$/.test(path))).toEqual([])
  await context.close()
})

test('[V3] without a network the page opens with the rooms and what was read, whatever its address asks', async () => {
  using max = await enterLive()
  await settled(max, 'Read this before the tunnel.')
  const { page, context } = await openWindow(browser)
  await signIn(page, server.origin, CUSTOMER)
  await workerReady(page)
  await openRoom(page)
  await page.locator('.room').getByText('Read this before the tunnel.').first().waitFor()
  await keptInDatabase(page, 'Read this before the tunnel.')
  await server.stop()
  await page.goto(`${server.origin}/?monitor=${ROOM}#/${ROOM}`)
  await page.locator('.room').getByText('Read this before the tunnel.').first().waitFor()
  await page.locator('a.rooms-item').getByText('Read this before the tunnel.').first().waitFor({ state: 'attached' })
  await server.restart()
  await context.close()
})

test('what was read is there without a network also where the database of the browser takes seconds to find it', async () => {
  using max = await enterLive()
  await settled(max, 'Read on an old phone.')
  const { page, context } = await openWindow(browser)
  await signIn(page, server.origin, CUSTOMER)
  await workerReady(page)
  await keptInDatabase(page, 'Read on an old phone.')
  const beside = await tab(context)
  await server.stop()
  await beside.evaluate(keepBusy, 3_000)
  await page.goto(`${server.origin}/?monitor=${ROOM}#/${ROOM}`)
  await page.locator('.room').getByText('Read on an old phone.').first().waitFor()
  await server.restart()
  await context.close()
})

test('[R4] what was written without a network is sent once when the page is opened again, also when it was closed meanwhile', async () => {
  const { page, context } = await openWindow(browser)
  await signIn(page, server.origin, CUSTOMER)
  await workerReady(page)
  await openRoom(page)
  await isLive(page)
  await server.stop()
  await say(page, 'Written in the tunnel.')
  await outboxHas(page, 'Written in the tunnel.')
  await page.close()
  await server.restart()
  const again = await context.newPage()
  await again.goto(`${server.origin}/#/${ROOM}`)
  using max = await enterLive()
  await hears(max, 'Written in the tunnel.')
  await outboxHas(again, '')
  await settled(max, 'I have it.')
  expect(timesIn(max, 'Written in the tunnel.')).toBe(1)
  await context.close()
})

test('[R4] of several tabs one sends what a closed one has left, and each sends its own, all of it once', async () => {
  const { page: first, context } = await openWindow(browser)
  await signIn(first, server.origin, CUSTOMER)
  await workerReady(first)
  await openRoom(first)
  await isLive(first)
  const tabs = [first, await tab(context), await tab(context)]
  const [, second, third] = tabs
  if (!second || !third) throw new Error('a tab is missing')
  await server.stop()
  for (const [place, each] of tabs.entries()) await say(each, `From tab ${place + 1}.`)
  for (const place of [1, 2, 3]) await outboxHas(second, `From tab ${place}.`)
  await first.close()
  await server.restart()
  using max = await enterLive()
  for (const place of [1, 2, 3]) await hears(max, `From tab ${place}.`)
  await outboxHas(second, '')
  await settled(max, 'I have all three.')
  for (const place of [1, 2, 3]) expect([place, timesIn(max, `From tab ${place}.`)]).toEqual([place, 1])
  await context.close()
})

test('pressing a notification goes to its message, in the window that is open', async () => {
  const { page, context } = await openWindow(browser, { permissions: ['notifications'] })
  await signIn(page, server.origin, CUSTOMER)
  await workerReady(page)
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  await page.evaluate(() => {
    navigator.serviceWorker.addEventListener('message', ({ data }) => Object.assign(globalThis, { heard: data }))
  })
  await worker.evaluate(() => {
    const notification = { data: { room: 'w32tgse', message: '3' }, close: () => undefined }
    dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: () => undefined }))
  })
  const heard = await page.waitForFunction(() => (globalThis as unknown as { heard?: object }).heard)
  expect(await heard.jsonValue()).toEqual({ type: 'show', room: 'w32tgse', message: '3' })
  await context.close()
})

async function tab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${server.origin}/#/${ROOM}`)
  await openRoom(page)
  await isLive(page)
  return page
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('.composer textarea', text)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** What it waits for stands in the outboxes of the browser; nothing at all for an empty text. */
async function outboxHas(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const kept = Object.entries(localStorage).filter(([name]) => name.startsWith('propromo outbox'))
    return wanted === '' ? kept.length === 0 : kept.some(([, value]) => value.includes(wanted))
  }, text)
}

/** Ready, and in charge of the page. */
async function workerReady(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

/** What was read is kept as soon as it is there. */
async function keptInDatabase(page: Page, text: string): Promise<void> {
  const isKept = () =>
    page.evaluate(async (wanted) => {
      const opened = indexedDB.open('propromo')
      await new Promise((resolve) => {
        opened.onsuccess = resolve
      })
      const all = opened.result.transaction('timelines').objectStore('timelines').getAll()
      await new Promise((resolve) => {
        all.onsuccess = resolve
      })
      opened.result.close()
      return JSON.stringify(all.result).includes(wanted)
    }, text)
  while (!(await isKept())) await page.evaluate(() => new Promise(requestAnimationFrame))
}

async function enterLive(): Promise<Room & Disposable> {
  const room = enter(scrumMaster, ROOM)
  await becomes(room, 'live')
  return room
}

async function settled(room: Room, text: string): Promise<void> {
  expect(await room.send(text).settled).toMatchObject({ status: 'stored' })
}

function timesIn(room: Room, text: string): number {
  return messagesIn(room.state.timeline).filter((message) => message.text === text).length
}
