// Every view of the page, and how a person comes to it: what is looked at in pictures, and what is searched for barriers.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, type Window } from './browser.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import { pressOn } from './keyboard.ts'
import { CUSTOMER, PASSWORD, ROOM, SCRUM_MASTER } from './people.ts'
import type { Server } from './server.ts'
import { RAILWAY } from './tables.ts'

export interface View {
  readonly name: string
  /** `null` for somebody who has not signed in. */
  readonly who: string | null
  /** From the home page, or the signed-in page, to the view. */
  readonly open: (page: Page, way: Way) => Promise<unknown>
}

/** The way to the server. */
interface Way {
  /** For good: nothing comes through any more. */
  cut(): Promise<void>
}

export interface OpenView extends Window {
  close(): Promise<void>
}

/** Opens the view in a window of its own, with a way to the server of its own. */
export async function openView(
  browser: Browser,
  server: Server,
  view: View,
  look: BrowserContextOptions,
): Promise<OpenView> {
  const proxy = await startCuttingProxy(server.port)
  const window = await openWindow(browser, look)
  const { page, context } = window
  if (view.who === null) await page.goto(proxy.origin)
  else await signIn(page, proxy.origin, view.who)
  await view.open(page, { cut: () => proxy.remove() })
  const close = async () => {
    await context.close()
    await proxy.remove()
  }
  return { ...window, close }
}

export async function signIn(page: Page, origin: string, email: string): Promise<void> {
  await page.goto(origin)
  await page.fill('#email', email)
  await page.fill('#password', PASSWORD)
  await page.click('.sign-in button[type=submit]')
  await page.waitForSelector('a.rooms-item', { state: 'attached' })
}

/** For somebody who has just signed in, and has read nothing here before: every room has been welcomed. */
export async function roomsCome(page: Page): Promise<void> {
  await page.locator('.rooms-coming').first().waitFor({ state: 'detached' })
}

/** In the room that is shown. */
export async function isLive(page: Page): Promise<void> {
  await page.waitForSelector('.connection[data-status=live]', { state: 'attached' })
}

/** Whoever has one room alone is in it already. */
export async function openRoom(page: Page, room = ROOM): Promise<void> {
  const item = page.locator(`a.rooms-item[href$="#/${encodeURIComponent(room)}"]`)
  if ((await item.getAttribute('aria-current')) !== 'page') await item.click()
  await page.waitForSelector('.composer textarea')
}

const panel = (name: string) => async (page: Page) => {
  await openRoom(page)
  await page.click(`.room-panels button:nth-child(${['search', 'pins', 'members', 'project'].indexOf(name) + 1})`)
  await page.waitForSelector('.panel h2, .panel h3')
}

export const VIEWS: readonly View[] = [
  { name: 'sign-in', who: null, open: (page) => page.waitForSelector('.sign-in') },
  {
    name: 'sign-in-refused',
    who: null,
    open: async (page) => {
      await page.fill('#email', 'nobody@example.com')
      await page.fill('#password', 'wrong')
      await page.click('.sign-in button[type=submit]')
      await page.waitForSelector('.refusal p')
    },
  },
  { name: 'rooms', who: SCRUM_MASTER, open: (page) => page.waitForSelector('a.rooms-item') },
  {
    name: 'room',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await page.getByText('Release is on Tuesday.').first().waitFor()
    },
  },
  {
    name: 'message-menu',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await pressOn(page.getByRole('article').filter({ hasText: 'Release is on Tuesday.' }), 'Enter')
      await page.getByRole('menu').waitFor()
    },
  },
  {
    name: 'search',
    who: CUSTOMER,
    open: async (page) => {
      await panel('search')(page)
      await page.fill('.panel input', 'address')
      await page.waitForSelector('.panel mark')
    },
  },
  { name: 'pins', who: CUSTOMER, open: panel('pins') },
  { name: 'members', who: CUSTOMER, open: panel('members') },
  { name: 'project', who: CUSTOMER, open: panel('project') },
  {
    name: 'writing',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await page.locator('.composer textarea').pressSequentially('Good morning @')
      await page.waitForSelector('[role=option]')
    },
  },
  {
    name: 'editing',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await page.getByRole('article').filter({ hasText: 'Release is on Tuesday.' }).waitFor()
      await page.locator('.composer textarea').press('ArrowUp')
      await page.waitForSelector('.composing')
    },
  },
  {
    name: 'emoji',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await page.click('.composer-emoji > button')
      await page.waitForSelector('.emoji-grid button')
    },
  },
  { name: 'settings', who: SCRUM_MASTER, open: openSettings },
  {
    name: 'keys',
    who: SCRUM_MASTER,
    open: async (page) => {
      await page.keyboard.press('?')
      await page.waitForSelector('.keys kbd')
    },
  },
  {
    name: 'developer',
    who: SCRUM_MASTER,
    open: async (page) => {
      await openSettings(page)
      await page.getByRole('button', { name: /API/ }).click()
      await page.getByRole('button', { name: /ticket/i }).click()
      await page.getByRole('timer').waitFor()
    },
  },
  {
    name: 'empty-room',
    who: SCRUM_MASTER,
    open: async (page) => {
      await openRoom(page, RAILWAY)
      await page.waitForSelector('.timeline-empty')
    },
  },
  {
    name: 'deleted-undo',
    who: CUSTOMER,
    open: async (page) => {
      await openRoom(page)
      await say(page, 'To be taken back')
      await pressOn(page.locator('article[data-id]').filter({ hasText: 'To be taken back' }).last(), 'Delete')
      await page.getByRole('button', { name: /Undo|Rückgängig/ }).waitFor()
    },
  },
  {
    name: 'offline',
    who: CUSTOMER,
    open: async (page, way) => {
      await openRoom(page)
      await page.getByText('Release is on Tuesday.').first().waitFor()
      await way.cut()
      await say(page, 'Written in a tunnel')
      await page.locator('.connection').filter({ hasText: /1 / }).waitFor()
    },
  },
]

/** By the button: on glass, Enter breaks the line. */
async function say(page: Page, text: string): Promise<void> {
  await page.locator('.composer textarea').fill(text)
  await page.locator('.composer-send').click()
}

async function openSettings(page: Page): Promise<void> {
  await page.click('.rooms header button')
  await page.waitForSelector('.dialog fieldset')
}
