// What the page does when the way to the server breaks: it says so, keeps what is written, and comes back by itself.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter, textsIn } from './support/client-room.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, PASSWORD, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer({ JWT_PRIVATE_KEY: 'x'.repeat(44) })
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' })
/** A message, and not what a screen reader is told of it. */
const said = (page: Page, text: string) => page.locator('.timeline').getByText(text, { exact: true })
const status = (page: Page) => page.locator('.connection')

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

async function come(email: string, origin = server.origin) {
  const window = await openWindow(browser)
  await signIn(window.page, origin, email)
  await openRoom(window.page)
  await isLive(window.page)
  return window
}

/** The page knows that everything is stored. */
async function isSent(page: Page): Promise<void> {
  await page.locator('.message-pending').waitFor({ state: 'detached' })
}

/** How often the room's log holds the text. */
async function timesStored(text: string): Promise<number> {
  using room = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(room, 'live')
  return textsIn(room).filter((other) => other === text).length
}

test('the server restarts between two sentences: the page comes back without a password, and both are there', async () => {
  const [customer, scrumMaster] = [await come(CUSTOMER), await come(SCRUM_MASTER)]
  await say(customer.page, 'the sentence before')
  await said(scrumMaster.page, 'the sentence before').waitFor()
  await isSent(customer.page)

  await server.stop()
  await expectShown(status(customer.page), /Offline since \d\d:\d\d/)
  await say(customer.page, 'the sentence in between')
  await expectShown(status(customer.page), /Offline since \d\d:\d\d, 1 message waiting/)
  await server.restart()
  await said(scrumMaster.page, 'the sentence in between').waitFor()
  await status(customer.page).waitFor({ state: 'hidden' })
  await say(scrumMaster.page, 'the sentence after')
  await said(customer.page, 'the sentence after').waitFor()

  expect(await timesStored('the sentence in between')).toBe(1)
  await Promise.all([customer.context.close(), scrumMaster.context.close()])
})

test('kill -9 of the server is nothing else', async () => {
  const { page, context } = await come(CUSTOMER)
  await server.kill()
  await say(page, 'written while nothing was there')
  await server.restart()
  await status(page).waitFor({ state: 'hidden' })
  await isSent(page)
  expect(await timesStored('written while nothing was there')).toBe(1)
  await context.close()
})

test('somebody in a tunnel writes on, hears what they missed when they are out, and it is all sent once', async () => {
  const proxy = await startCuttingProxy(server.port)
  const customer = await come(CUSTOMER, proxy.origin)
  const scrumMaster = await come(SCRUM_MASTER)
  await say(customer.page, 'before the tunnel')
  await said(scrumMaster.page, 'before the tunnel').waitFor()

  proxy.silence()
  await say(scrumMaster.page, 'said while the customer was in a tunnel')
  await say(customer.page, 'written in the tunnel')
  await customer.page.locator('.message-pending').waitFor()
  expect(await said(customer.page, 'said while the customer was in a tunnel').count()).toBe(0)
  proxy.cut()
  await said(customer.page, 'said while the customer was in a tunnel').waitFor()
  await said(scrumMaster.page, 'written in the tunnel').waitFor()
  expect(await timesStored('written in the tunnel')).toBe(1)
  await Promise.all([customer.context.close(), scrumMaster.context.close()])
  await proxy.remove()
})

test('a sign-in that was ended elsewhere leads to the form, which says why', async () => {
  const { page, context } = await come(CUSTOMER)
  const cookies = await context.cookies()
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  await fetch(`${server.origin}/logout`, { method: 'POST', headers: { Cookie } })
  await page.getByText('Your sign-in has ended').waitFor()
  await page.getByRole('textbox', { name: 'Email' }).waitFor()
  await context.close()
})

test('[L10] without script the form gives a ticket, or the reason why not', async () => {
  const { page, context } = await openWindow(browser, { javaScriptEnabled: false })
  await page.goto(server.origin)
  await page.fill('#email', CUSTOMER)
  await page.fill('#password', 'wrong')
  await page.click('button')
  await page.getByText('wrong_credentials').waitFor()
  await page.fill('#email', CUSTOMER)
  await page.fill('#password', PASSWORD)
  await page.click('button')
  await page.getByRole('heading', { name: 'You have access' }).waitFor()
  expect(await page.locator('code.copy').first().innerText()).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
  await context.close()
})

test('in German the page speaks German, and a choice for English is kept', async () => {
  const { page, context } = await openWindow(browser, { locale: 'de-AT' })
  await page.goto(server.origin)
  await page.getByRole('button', { name: 'Anmelden' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption('en')
  await page.reload()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await context.close()
})

test('a link to a monitor fills it in, and leads into its room, signed in or not', async () => {
  const { page, context } = await openWindow(browser)
  await page.goto(`${server.origin}/?monitor=${encodeURIComponent(`https://propromo.example/join/${ROOM}`)}`)
  expect(await page.getByRole('textbox', { name: /Monitor id/ }).inputValue()).toContain(ROOM)
  await page.fill('#email', SCRUM_MASTER)
  await page.fill('#password', PASSWORD)
  await page.click('.sign-in button[type=submit]')
  await page.getByRole('heading', { name: 'Grüßmehl bakery: web shop' }).waitFor()
  await page.goto(`${server.origin}/?monitor=${encodeURIComponent(ROOM)}`)
  await page.getByRole('heading', { name: 'Grüßmehl bakery: web shop' }).waitFor()
  await context.close()
})

async function expectShown(locator: ReturnType<Page['locator']>, text: RegExp): Promise<void> {
  await locator.filter({ hasText: text }).waitFor()
}
