// What stands over the page, in a real browser: settings, keys, trying the API, and leaving.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { startPageServer } from './support/page-server.ts'
import { roomsCome, signIn } from './support/page-views.ts'
import { PlainSocket, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'
import { RAILWAY } from './support/tables.ts'

let server: Server
let browser: Browser
let opened: Window[] = []

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
})
afterEach(async () => {
  const faults = opened.flatMap((window) => window.faults)
  for (const { context } of opened) await context.close()
  opened = []
  expect(faults).toEqual([])
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** With every room live: nothing asks for tickets any more, which a browser reports where it gets none. */
async function visit(options: BrowserContextOptions = {}): Promise<Page> {
  const window = await openWindow(browser, options)
  opened.push(window)
  await signIn(window.page, server.origin, SCRUM_MASTER)
  await roomsCome(window.page)
  return window.page
}

async function openSettings(page: Page) {
  await page.getByRole('button', { name: 'Settings' }).click()
  const dialog = page.getByRole('dialog', { name: 'Settings' })
  await dialog.getByRole('combobox', { name: 'Language' }).waitFor()
  return dialog
}

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor)

test('language and colours change at once, and stay', async () => {
  const page = await visit({ colorScheme: 'light' })
  const light = await background(page)
  const dialog = await openSettings(page)
  await dialog.getByRole('radio', { name: 'Dark' }).check()
  expect(await background(page)).not.toBe(light)
  await dialog.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  const german = page.getByRole('dialog', { name: 'Einstellungen' })
  await german.getByRole('checkbox', { name: 'Eingabetaste sendet die Nachricht' }).uncheck()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
  await page.reload()
  await page.getByRole('button', { name: 'Einstellungen' }).click()
  await german.getByRole('radio', { name: 'Dunkel' }).waitFor()
  expect(await german.getByRole('radio', { name: 'Dunkel' }).isChecked()).toBe(true)
  expect(await german.getByRole('checkbox', { name: 'Eingabetaste sendet die Nachricht' }).isChecked()).toBe(false)
  expect(await background(page)).not.toBe(light)
  await german.getByRole('combobox', { name: 'Sprache' }).selectOption('Wie im Browser')
  await page.getByRole('dialog', { name: 'Settings' }).getByRole('radio', { name: 'System' }).check()
  expect(await background(page)).toBe(light)
})

test('another tab follows what is chosen in this one', async () => {
  const page = await visit()
  const other = await page.context().newPage()
  await other.goto(server.origin)
  await other.getByRole('heading', { name: 'Choose a chat' }).waitFor()
  const dialog = await openSettings(page)
  await dialog.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await other.getByRole('heading', { name: 'Wählen Sie einen Chat' }).waitFor()
})

test('a dialog has the keyboard to itself, Escape closes it, and the focus is where it was', async () => {
  const page = await visit()
  await page.getByRole('button', { name: 'Settings' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Settings' })
  await dialog.getByRole('radio', { name: 'System' }).waitFor()
  await page.keyboard.press('?')
  await page.keyboard.press('Alt+ArrowDown')
  expect(new URL(page.url()).hash).toBe('')
  for (let times = 0; times < 25; times++) {
    await page.keyboard.press('Tab')
    const where = await page.evaluate(() => {
      const active = document.activeElement
      return active === document.body ? 'the browser' : active?.closest('dialog') ? 'the dialog' : active?.outerHTML
    })
    expect(['the dialog', 'the browser']).toContain(where ?? '')
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Settings' }).and(page.locator(':focus')).waitFor()
})

test('`?` shows every key, in the words of the keyboard', async () => {
  const page = await visit({ locale: 'de-AT' })
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Tastatur' })
  await sheet.getByText('Im Chat suchen').waitFor()
  const keys = new Set(await sheet.locator('kbd').allTextContents())
  for (const key of [
    'Strg',
    'K',
    '/',
    'Alt',
    'Umschalt',
    '↑',
    '↓',
    'Eingabe',
    'R',
    'E',
    'P',
    'Entf',
    'B',
    'I',
    'Esc',
    '?',
  ])
    expect(keys).toContain(key)
})

test('[T3] the ticket is hidden until it is asked for, and every line then opens its room once', async () => {
  const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] })
  await (await openSettings(page)).getByRole('button', { name: 'Try the API' }).click()
  const dialog = page.getByRole('dialog', { name: 'Try the API' })
  const lines = () => dialog.locator('code').allTextContents()
  await dialog.getByText('npx wscat').first().waitFor()
  expect((await lines()).join()).not.toContain('eyJ')
  await dialog.getByRole('button', { name: 'Show a ticket' }).click()
  await dialog
    .getByRole('timer')
    .filter({ hasText: /^Good for another [45]:\d\d$/ })
    .waitFor()
  const first = await dialog.getByRole('timer').textContent()
  await dialog
    .getByRole('timer')
    .filter({ hasNotText: first ?? '' })
    .waitFor() // It counts down.

  const addresses = (await lines()).flatMap((line) => /^npx wscat -c '([^']+)'$/.exec(line)?.[1] ?? [])
  const rooms = addresses.map((address) => decodeURIComponent(new URL(address).pathname.slice('/chat/'.length)))
  expect(rooms.sort()).toEqual([ROOM, RAILWAY].sort())
  for (const address of addresses) {
    const { pathname, searchParams } = new URL(address)
    const room = decodeURIComponent(pathname.slice('/chat/'.length))
    const ticket = searchParams.get('auth') ?? ''
    const socket = await PlainSocket.open(server, room, ticket)
    expect((await socket.say(`with the line for ${room}`)).email).toBe(SCRUM_MASTER)
    await socket.close()
    await expect(PlainSocket.open(server, room, ticket)).rejects.toThrow()
  }
  await dialog.getByRole('button', { name: 'Copy: Ticket' }).click()
  await dialog.getByRole('status').getByText('Copied').first().waitFor()
  const before = await page.evaluate(() => navigator.clipboard.readText())
  expect(addresses.join()).toContain(before)
  await dialog.getByRole('button', { name: 'Fresh ticket' }).click()
  await dialog.locator('code').first().filter({ hasNotText: before }).waitFor()
  await dialog.getByRole('button', { name: 'Hide the ticket' }).click()
  expect((await lines()).join()).not.toContain('eyJ')
})

test('[L9] signing out ends the sign-in, and nothing of the account stays in the browser', async () => {
  const page = await visit()
  const dialog = await openSettings(page)
  await dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  expect(await page.evaluate(() => Object.keys(localStorage).filter((name) => name !== 'propromo settings'))).toEqual(
    [],
  )
  expect((await page.context().request.post(`${server.origin}/tickets`)).status()).toBe(401)
})

test('[L12] signing out on all devices is asked about first, and then ends every sign-in', async () => {
  const [page, elsewhere] = [await visit(), await visit()]
  const dialog = await openSettings(page)
  await dialog.getByRole('button', { name: 'Sign out on all devices' }).click()
  await dialog.getByText('Every browser and phone').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.getByRole('button', { name: 'Sign out on all devices' }).click()
  expect(await elsewhere.evaluate(() => localStorage.getItem('propromo account'))).toContain(SCRUM_MASTER)
  await dialog.getByRole('button', { name: 'Yes, sign out' }).click()
  await page.getByRole('heading', { name: /Talk with your project/ }).waitFor()
  await elsewhere.getByText('Your sign-in has ended').waitFor()
})
