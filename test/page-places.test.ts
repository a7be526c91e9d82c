// Where a page leaves its reader, in a real browser: what did not succeed moves nobody later, and no focus gets lost.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { enter, becomes as roomBecomes } from './support/client-room.ts'
import { startFilled } from './support/filled-room.ts'
import { focusOn, pressOn } from './support/keyboard.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

const PAST = 400

let server: Server
let browser: Browser
const opened: Window[] = []

beforeAll(async () => {
  server = await startFilled({ messages: PAST, from: Date.now() - PAST * 60_000, minutes: 1 })
  browser = await startBrowser()
})
afterEach(async () => {
  for (const { context } of opened.splice(0)) await context.close()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** The customer's page, in the room. */
async function visit(): Promise<Page> {
  const window = await openWindow(browser)
  opened.push(window)
  await signIn(window.page, server.origin, CUSTOMER)
  await openRoom(window.page)
  await window.page.locator(`[data-id="${PAST}"]`).waitFor()
  return window.page
}

function becomes(page: Page, status: 'live' | 'connecting' | 'offline'): Promise<unknown> {
  return page.waitForSelector(`.connection[data-status=${status}]`, { state: 'attached' })
}

/** Goes to a message by its address. */
async function goTo(page: Page, id: string): Promise<void> {
  await page.evaluate((wanted) => {
    location.hash = `${location.hash.split('/').slice(0, 2).join('/')}/${wanted}`
  }, id)
}

test('a jump that failed is forgotten by whoever goes to the newest messages, also when the connection is back', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  await goTo(page, '5')
  const notice = page.locator('.timeline-notice')
  await notice.getByText('The messages could not be loaded.').waitFor()
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('said at the end')
  await field.press('Enter')
  await page.context().setOffline(false)
  await becomes(page, 'live')
  await page.getByRole('article').filter({ hasText: 'said at the end' }).and(page.locator('[data-id]')).waitFor()
  // Whatever was asked for when the connection came back has been answered when this has.
  await page.getByRole('main').getByRole('button', { name: 'Search', exact: true }).first().click()
  await page.getByRole('searchbox', { name: 'Search in this chat' }).fill('message 7')
  await page.getByRole('complementary').getByRole('listitem').first().waitFor()
  expect(await notice.isHidden()).toBe(true)
  expect(await page.locator('[data-id="5"]').count()).toBe(0)
  expect(await page.locator(`[data-id="${PAST}"]`).count()).toBe(1)
})

test('what could not be loaded is told wherever it is missing, and all of it is tried again', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  await page.locator('.timeline-scroller').evaluate((scroller) => {
    scroller.scrollTop = 0
  })
  const edge = page.locator('.timeline-edge').getByRole('alert')
  await edge.waitFor()
  await goTo(page, '5')
  const notice = page.locator('.timeline-notice')
  await notice.getByText('The messages could not be loaded.').waitFor()
  expect(await edge.count()).toBe(1)
  await page.context().setOffline(false)
  await page.locator('[data-id="5"]').waitFor()
  await edge.waitFor({ state: 'detached' })
  expect(await notice.isHidden()).toBe(true)
})

/** Presses it with the keyboard, waits for it to go, and gives back what has the focus then. */
async function pressAway(page: Page, button: Locator): Promise<string> {
  await focusOn(button)
  const pressed = await button.elementHandle()
  await page.keyboard.press('Enter')
  await pressed?.waitForElementState('hidden')
  return page.evaluate(() => {
    const { activeElement: focused } = document
    return `${focused?.tagName.toLowerCase()} ${focused?.getAttribute('data-id') ?? focused?.textContent}`.trim()
  })
}

test('a button inside a message that goes away when it is pressed leaves the focus at the message', async () => {
  const page = await visit()
  const article = page.locator(`article[data-id="${PAST}"]`)
  await pressOn(article, 'Enter')
  await page.getByRole('menuitem', { name: 'React with 🎉' }).click()
  expect(await pressAway(page, article.locator('.reaction'))).toBe(`article ${PAST}`)
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('taken back at once')
  await field.press('Enter')
  const own = page.locator('article[data-id]').filter({ hasText: 'taken back at once' })
  await pressOn(own, 'Delete')
  const id = await page.locator('article[data-id]').last().getAttribute('data-id')
  expect(await pressAway(page, page.getByRole('button', { name: 'Undo' }))).toBe(`article ${id}`)
})

test('giving up what failed, or trying it again, leaves the focus at the message, or at the one before', async () => {
  const page = await visit()
  await becomes(page, 'live')
  const before = await page.locator('article[data-id]').last().getAttribute('data-id')
  await page.evaluate(() => {
    // What a server refuses that allows less than the page was told.
    const { send } = WebSocket.prototype
    WebSocket.prototype.send = function (data) {
      send.call(this, typeof data === 'string' ? data.replace('"text":"much"', `"text":"${'m'.repeat(20_000)}"`) : data)
    }
  })
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('much')
  await field.press('Enter')
  const echo = page.locator('article[data-status=failed]')
  await pressAway(page, echo.getByRole('button', { name: 'Try again' }))
  await page.locator('article[data-status]:focus').waitFor()
  await echo.waitFor()
  expect(await pressAway(page, echo.getByRole('button', { name: 'Discard' }))).toBe(`article ${before}`)
})

test('whoever takes messages off the list of pinned ones goes on to the next, and at last to its heading', async () => {
  using room = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await roomBecomes(room, 'live')
  for (const id of ['398', '399']) await room.pin(id).settled
  const page = await visit()
  await page.getByRole('main').getByRole('button', { name: 'Pinned', exact: true }).first().click()
  const items = page.getByRole('complementary').getByRole('listitem')
  await items.nth(1).waitFor()
  await pressAway(page, items.filter({ hasText: 'Message 399.' }).getByRole('button', { name: 'Unpin' }))
  await items.filter({ hasText: 'Message 398.' }).locator('button:focus').waitFor()
  expect(await pressAway(page, items.getByRole('button', { name: 'Unpin' }))).toBe('h2 Pinned')
})

test('whoever tries to connect now finds the button there while the page tries too, and stays among the messages', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  const button = page.getByRole('button', { name: 'Try now' })
  await focusOn(button)
  const { promise: gate, resolve: release } = Promise.withResolvers<void>()
  await page.context().route('**/tickets', async (route) => {
    await gate
    await route.continue()
  })
  await page.context().setOffline(false)
  await becomes(page, 'connecting')
  await focusOn(button.and(page.locator(':focus')))
  await page.keyboard.press('Enter')
  await page.locator('article:focus').waitFor()
  release()
  await button.waitFor({ state: 'detached' })
  await page.locator('article:focus').waitFor()
})

test('whoever is on that button when the page connects by itself is among the messages then', async () => {
  const page = await visit()
  await becomes(page, 'live')
  await page.context().setOffline(true)
  await becomes(page, 'offline')
  const button = page.getByRole('button', { name: 'Try now' })
  await focusOn(button)
  await page.context().setOffline(false)
  await button.waitFor({ state: 'detached' })
  await page.locator('article:focus').waitFor()
})

test('what opens has the keyboard at once: the key after the one that opened it is not lost', async () => {
  const page = await visit()
  await becomes(page, 'live')
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('said to be answered')
  await field.press('Enter')
  const own = page.locator('article[data-id]').filter({ hasText: 'said to be answered' })
  await focusOn(own)
  expect(await focusedAfter(page, { key: '/' })).toBe('Search in this chat')
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
  expect(await focusedAfter(page, { key: 'k', ctrlKey: true })).toBe('Find a chat')
  await focusOn(own)
  expect(await focusedAfter(page, { key: 'r' })).toBe('Message')
  await page.keyboard.press('Escape')
  await focusOn(own)
  expect(await focusedAfter(page, { key: 'e' })).toBe('Message')
  await page.keyboard.press('Escape')
  await focusOn(own)
  expect(await focusedAfter(page, { key: '?' })).toBe('Keyboard')
})

/** What has the focus when the page has done what the key made it do, and has not been painted yet. */
function focusedAfter(
  page: Page,
  key: { readonly key: string; readonly ctrlKey?: boolean },
): Promise<string | null | undefined> {
  return page.evaluate(async (pressed) => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { ...pressed, bubbles: true, cancelable: true }))
    const { port1, port2 } = new MessageChannel()
    await new Promise((done) => {
      port1.onmessage = done
      port2.postMessage('')
    })
    const { activeElement: focused } = document
    return focused?.getAttribute('aria-label') ?? focused?.textContent
  }, key)
}
