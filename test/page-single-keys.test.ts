// Shortcuts of one key without another held, and how somebody does without them.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

test('single keys can be turned off in the settings, for this device, and on again where the keys are listed', async () => {
  const { page, context, faults } = await openWindow(browser)
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  const settings = page.getByRole('dialog', { name: 'Settings' })
  const keys = page.getByRole('dialog', { name: 'Keyboard' })
  const choice = { name: 'Single keys as shortcuts: / and ?' }
  const search = page.getByRole('searchbox', { name: 'Search in this chat' })
  const press = async (key: string) => {
    await page.getByRole('button', { name: 'Members' }).focus()
    await page.keyboard.press(key)
  }
  await page.getByRole('button', { name: 'Settings' }).click()
  await settings.getByRole('checkbox', choice).uncheck()
  await page.keyboard.press('Escape')
  await page.reload()
  await openRoom(page)
  for (const key of ['/', '?']) await press(key)
  expect([await search.count(), await keys.count()]).toEqual([0, 0])

  await page.getByRole('button', { name: 'Settings' }).click()
  await settings.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await keys.getByText('Find a chat').waitFor()
  expect(await keys.getByText('These keys').count()).toBe(0)
  await keys.getByRole('checkbox', choice).check()
  await keys.getByText('These keys').waitFor()
  await page.keyboard.press('Escape')
  await press('/')
  await search.waitFor()
  await page.keyboard.press('Escape')
  await press('?')
  await keys.waitFor()
  expect(faults).toEqual([])
  await context.close()
})
