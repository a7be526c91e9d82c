// What people hear who listen instead of looking: a sentence that comes twice is said twice.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { pressOn } from './support/keyboard.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, type PlainSocket, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser
let max: PlainSocket

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  max = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await max.say('Said before')
})
afterAll(async () => {
  await browser.close()
  await max.close()
  await server.remove()
})

/** What a live region reads out: whatever is put into it, or changes in it. */
async function listen(page: Page, role: 'log' | 'status'): Promise<() => Promise<readonly string[]>> {
  await page.evaluate((role) => {
    const heard: string[] = []
    const region = document.querySelector(`.timeline > .visually-hidden [role=${role}]`)
    if (!region) throw new Error(`there is no ${role}`)
    const hear = (changes: MutationRecord[]) => {
      const isNew = changes.some(({ type, addedNodes }) => type === 'characterData' || addedNodes.length > 0)
      if (isNew && region.textContent) heard.push(region.textContent)
    }
    new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true })
    Object.assign(globalThis, { heard })
  }, role)
  return () => page.evaluate(() => (globalThis as unknown as { heard: readonly string[] }).heard)
}

/** What is read out is told a moment after it is there to be seen. */
async function hasHeard(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (count) => (globalThis as unknown as { heard: readonly string[] }).heard.length >= count,
    count,
  )
}

async function come() {
  const window = await openWindow(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  await signIn(window.page, server.origin, CUSTOMER)
  await openRoom(window.page)
  await isLive(window.page)
  return window
}

test('whoever says the same twice is heard twice', async () => {
  const { page, context } = await come()
  const heard = await listen(page, 'log')
  for (const count of [1, 2]) {
    await max.say('Yes.')
    await hasHeard(page, count)
  }
  expect(await heard()).toEqual(['René Aubertin: Yes.', 'René Aubertin: Yes.'])
  await context.close()
})

test('a message that is copied twice is said to be copied twice', async () => {
  const { page, context } = await come()
  const heard = await listen(page, 'status')
  const message = page.getByRole('article').filter({ hasText: 'Said before' })
  for (const count of [1, 2]) {
    await pressOn(message, 'Enter')
    await page.getByRole('menuitem', { name: 'Copy text' }).click()
    await hasHeard(page, count)
  }
  expect(await heard()).toEqual(['Copied', 'Copied'])
  await context.close()
})
