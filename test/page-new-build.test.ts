// A newer build of the page while one is open: it is noticed, one press opens it, and nothing that was begun is lost.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { copySources, type OwnCopy } from './support/own-copy.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

const HOUR = 3_600_000

let copy: OwnCopy
let server: Server
let browser: Browser
let window: Window
let builds = 0

beforeAll(async () => {
  copy = copySources()
  server = await startPageServer({}, { command: copy.command })
  browser = await startBrowser()
})
beforeEach(async () => {
  window = await openWindow(browser)
})
afterEach(() => window.context.close())
afterAll(async () => {
  await browser.close()
  await server.remove()
  copy.remove()
})

/** The field says which build it is of. The first is the one that is there. */
const placeholder = (build: number) => (build === 0 ? 'Write a message' : `Build ${build}`)
const field = (page: Page, build: number) => page.getByPlaceholder(placeholder(build))
const notice = (page: Page) => page.getByText('A new version is ready.')

/** In the room, with the worker in charge, and something begun. */
async function begin(): Promise<Page> {
  const { page } = window
  await page.clock.install()
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await field(page, builds).fill('Begun in the old one')
  return page
}

/** An upgrade, as operators do it. */
async function upgrade(): Promise<void> {
  const title = (build: number) => `placeholder: '${placeholder(build)}'`
  copy.change('web/views/composer.tsx', title(builds), title(++builds))
  copy.build()
  await server.stop()
  await server.restart()
}

async function expectNewWithDraft(page: Page): Promise<void> {
  await notice(page).waitFor()
  await page.getByRole('button', { name: 'Reload' }).click()
  await field(page, builds).waitFor()
  expect(await field(page, builds).inputValue()).toBe('Begun in the old one')
  expect(await notice(page).count()).toBe(0)
}

test('a page that comes back online notices the new build, opens it with one press, and keeps the draft', async () => {
  const page = await begin()
  await upgrade()
  await window.context.setOffline(true)
  await window.context.setOffline(false)
  await expectNewWithDraft(page)
})

test('a page that stays open and in sight notices it within a few hours', async () => {
  const page = await begin()
  await upgrade()
  await page.clock.fastForward(4 * HOUR)
  await expectNewWithDraft(page)
})
