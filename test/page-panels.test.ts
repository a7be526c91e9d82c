// What stands beside a room, in a real browser: search, pinned messages, members, the project.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter } from './support/client-room.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

const NARROW = { width: 360, height: 740 }
const BEFORE = 60

let server: Server
let browser: Browser
let customer: Person
let scrumMaster: Person
let opened: Window[] = []

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  customer = await Person.logIn(server, CUSTOMER)
  scrumMaster = await Person.logIn(server, SCRUM_MASTER)
  const talk = await scrumMaster.open()
  await talk.say('The **invoice** with the crème brûlée was paid: <b>thank you</b>')
  for (let number = 1; number <= BEFORE; number++) talk.send(`Step ${number} of the journey`)
  await talk.upTo(`Step ${BEFORE} of the journey`)
  await talk.close()
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

async function visit(email = CUSTOMER, options: BrowserContextOptions = {}): Promise<Page> {
  const window = await openWindow(browser, options)
  opened.push(window)
  await signIn(window.page, server.origin, email)
  await openRoom(window.page)
  await isLive(window.page)
  return window.page
}

const panelOf = (page: Page, name: string) => page.getByRole('complementary', { name })
const press = (page: Page, name: string) =>
  page.getByRole('main').getByRole('button', { name, exact: true, disabled: false }).first().click()

test('search finds words in any case and accent, marks them, and leads to their place', async () => {
  const page = await visit()
  await press(page, 'Search')
  const panel = panelOf(page, 'Search')
  const field = panel.getByRole('searchbox', { name: 'Search in this chat' })
  await field.and(page.locator(':focus')).waitFor()
  await page.keyboard.type('BRULEE invoice')
  const found = panel.getByRole('listitem')
  await found.getByText('was paid').waitFor()
  expect(await found.count()).toBe(1)
  expect(await found.locator('mark').allTextContents()).toEqual(['invoice', 'brûlée'])
  expect(await found.textContent()).toContain('The invoice with the crème brûlée was paid: <b>thank you</b>')
  await found.getByRole('button', { name: /^Show the message of René Aubertin/ }).click()
  await page.waitForURL(/#\/w32tgse\/search\/1$/)
  expect(await panel.isVisible()).toBe(true)
})

test('[V9] search shows the newest first and goes on as long as there are more', async () => {
  const page = await visit()
  await press(page, 'Search')
  const panel = panelOf(page, 'Search')
  await panel.getByRole('searchbox').fill('journey')
  await panel.getByText('More than 20 messages').waitFor()
  expect(await panel.getByRole('listitem').first().textContent()).toContain(`Step ${BEFORE} of`)
  await panel.getByRole('button', { name: 'Show more' }).click()
  await panel.getByText('More than 40 messages').waitFor()
  await panel.getByRole('button', { name: 'Show more' }).click()
  await panel.getByText(/^60 messages$/).waitFor()
  expect(await panel.getByRole('button', { name: 'Show more' }).count()).toBe(0)
  expect(await panel.getByRole('listitem').last().textContent()).toContain('Step 1 of')
})

test('search says when there is nothing, and looks through what is loaded while there is no connection', async () => {
  const page = await visit()
  await press(page, 'Search')
  const panel = panelOf(page, 'Search')
  await panel.getByRole('searchbox').fill('unheardof')
  await panel.getByText('No message has all of these words').waitFor()
  await server.kill()
  await page.getByText('Offline since').first().waitFor()
  await panel.getByRole('searchbox').fill('step 60')
  await panel.getByText('only what is loaded here was searched').waitFor()
  expect(await panel.getByRole('listitem').count()).toBe(1)
  await server.restart()
  await panel.getByText(/^1 message$/).waitFor()
  opened.at(-1)?.faults.splice(0) // The browser itself logs that nobody answered.
})

test('on a narrow screen a panel fills it, and a result leads back to the timeline', async () => {
  const page = await visit(CUSTOMER, { viewport: NARROW, hasTouch: true })
  await press(page, 'Search')
  const panel = panelOf(page, 'Search')
  expect((await panel.boundingBox())?.width).toBe(NARROW.width)
  await panel.getByRole('searchbox').fill('invoice')
  await panel.getByRole('button', { name: /^Show the message/ }).click()
  await page.waitForURL(/#\/w32tgse\/1$/)
  await panel.waitFor({ state: 'detached' })
  expect(await page.locator('.composer').isVisible()).toBe(true)
})

test('Escape closes a panel, and the focus is where it was', async () => {
  const page = await visit()
  for (const name of ['Search', 'Pinned', 'Members', 'Project']) {
    const button = page.getByRole('main').getByRole('button', { name, exact: true }).first()
    await button.focus()
    await page.keyboard.press('Enter')
    await panelOf(page, name).waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('aside') !== null)
    await page.keyboard.press('Escape')
    await panelOf(page, name).waitFor({ state: 'detached' })
    await page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, name)
  }
})

test('what is pinned is in the list at once, and can be taken off it', async () => {
  const page = await visit()
  await press(page, 'Pinned')
  const panel = panelOf(page, 'Pinned')
  await panel.getByText('Nothing is pinned yet').waitFor()
  using room = enter(scrumMaster, ROOM)
  await becomes(room, 'live')
  await room.pin(String(BEFORE)).settled
  await panel
    .getByRole('listitem')
    .getByText(`Step ${BEFORE - 1} of the journey`)
    .waitFor()
  await panel.getByRole('button', { name: 'Unpin' }).click()
  await panel.getByText('Nothing is pinned yet').waitFor()
})

test('[V17] what was pinned long ago is in the list too, and so is what becomes of it', async () => {
  using room = enter(scrumMaster, ROOM)
  await becomes(room, 'live')
  await room.pin('1').settled
  const page = await visit()
  await press(page, 'Pinned')
  const panel = panelOf(page, 'Pinned')
  await panel.getByRole('listitem').getByText('The invoice with').waitFor()
  await room.pin('2').settled
  await panel.getByRole('listitem').getByText('Step 1 of the journey').waitFor()
  expect(await panel.getByRole('listitem').first().textContent()).toContain('Step 1 of')
  await room.pin('1', false).settled
  await panel.getByText('The invoice with').waitFor({ state: 'detached' })
  await panel.getByRole('button', { name: 'Unpin' }).click()
  await panel.getByText('Nothing is pinned yet').waitFor()
})

test('members say who is here, who owns the chat, and how far they have read', async () => {
  const page = await visit()
  await press(page, 'Members')
  const panel = panelOf(page, 'Members')
  const rene = panel.getByRole('listitem').filter({ hasText: 'René Aubertin' })
  await rene.getByText('Offline').waitFor()
  expect(await panel.getByRole('listitem').first().textContent()).toContain('Käthe Grüßmehl (you)')
  expect(await rene.textContent()).toContain('Owner of the chat')
  {
    using room = enter(scrumMaster, ROOM)
    await becomes(room, 'live')
    await rene.getByText('Online').waitFor()
    room.read()
    await rene.getByText('has read everything').waitFor()
    using other = enter(customer, ROOM)
    await becomes(other, 'live')
    await other.send('Have you seen this?').settled
    await rene.getByText('1 unread').waitFor()
  }
  await rene.getByText('Offline').waitFor()
})

test('the project is shown as Propromo knows it, with a link that opens safely and one that leads here', async () => {
  const page = await visit(CUSTOMER, { permissions: ['clipboard-read', 'clipboard-write'] })
  await press(page, 'Project')
  const panel = panelOf(page, 'Project')
  await panel.getByRole('heading', { name: 'Grüßmehl bakery: web shop' }).waitFor()
  for (const text of ['grussmehl-online', 'Public project', '9 February 2026']) {
    expect(await panel.getByText(text).count()).toBe(1)
  }
  const link = panel.getByRole('link', { name: /Open the project/ })
  expect(await link.getAttribute('href')).toBe('https://github.com/orgs/grussmehl-online/projects/3')
  expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual(['_blank', 'noopener noreferrer'])
  await panel.getByRole('button', { name: 'Copy a link to this chat' }).click()
  await panel.getByRole('status').getByText('Copied').waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.origin}/?monitor=${ROOM}`)
  await panel.getByRole('combobox', { name: 'Notify me of' }).selectOption('Messages that mention me')
  await page.reload()
  expect(await panelOf(page, 'Project').getByRole('combobox').inputValue()).toBe('mentions')
})

test('[G1] the owner saves the whole chat from the project panel', async () => {
  const page = await visit(SCRUM_MASTER)
  await press(page, 'Project')
  const panel = panelOf(page, 'Project')
  for (const [name, kind, ending] of [
    ['As a page', 'html', /<\/html>\n$/],
    ['As JSON Lines', 'jsonl', /\n\{"type":"end","messages":\d+\}\n$/],
  ] as const) {
    const saving = page.waitForEvent('download')
    await panel.getByRole('link', { name, exact: true }).click()
    const saved = await saving
    expect(saved.suggestedFilename()).toMatch(new RegExp(`^room-${ROOM}-[\\d-]+\\.${kind}$`))
    const text = await Bun.file(await saved.path()).text()
    expect(text).toMatch(ending)
    expect(text).toContain(`Step ${BEFORE} of the journey`)
  }
})

test('[G2] whoever is not the owner is not offered to save the chat', async () => {
  const page = await visit()
  await press(page, 'Project')
  await panelOf(page, 'Project').getByLabel('Notify me of').waitFor()
  expect(await panelOf(page, 'Project').getByRole('link', { name: 'As a page' }).count()).toBe(0)
})
