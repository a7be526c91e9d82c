// The list of whom an `@` may mean, as it is for the message after.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  page = (await openWindow(browser)).page
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await isLive(page)
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

const field = () => page.getByRole('textbox', { name: 'Message' })
const suggestion = () => page.getByRole('option', { name: /René/ })

async function call(): Promise<void> {
  await field().pressSequentially('@')
  await suggestion().waitFor()
}

test('a message that is sent by the button while somebody could be chosen takes no suggestion from the next one', async () => {
  await call()
  await page.getByRole('button', { name: 'Send' }).click()
  await suggestion().waitFor({ state: 'detached' })
  expect(await field().inputValue()).toBe('')
  await call()
})
