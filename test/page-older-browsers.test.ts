// Browsers of the last four years: the page and the widget call for nothing that came later.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { openHostPage } from './support/host-page.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, SCRUM_MASTER } from './support/people.ts'
import { freePort } from './support/ports.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser
let hostPort: number

beforeAll(async () => {
  hostPort = await freePort()
  const ALLOWED_ORIGINS = `http://127.0.0.1:${hostPort}`
  server = await startPageServer({ ALLOWED_ORIGINS })
  browser = await startBrowser()
  const socket = await (await Person.logIn(server, SCRUM_MASTER)).open()
  await socket.say('Old and new, all can read this.')
  await socket.close()
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

/** As one that lacks what others have learnt since. */
async function openOlder(): Promise<Window> {
  const window = await openWindow(browser, { serviceWorkers: 'block' })
  await window.context.addInitScript(() => {
    const later: readonly (readonly [object, readonly string[]])[] = [
      [URL, ['parse', 'canParse']],
      [Array, ['fromAsync']],
      [Array.prototype, ['toSorted', 'toReversed', 'toSpliced', 'with']],
      [String.prototype, ['isWellFormed', 'toWellFormed']],
      [Promise, ['withResolvers', 'try']],
      [Object, ['groupBy']],
      [Map, ['groupBy']],
      [Set.prototype, ['union', 'intersection', 'difference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom']],
      [
        Object.getPrototypeOf(Object.getPrototypeOf([].values())),
        ['map', 'filter', 'take', 'drop', 'flatMap', 'toArray'],
      ],
      [AbortSignal, ['any']],
    ]
    for (const [owner, names] of later) for (const name of names) Reflect.deleteProperty(owner, name)
  })
  return window
}

test('the page signs in, shows a room, finds people and emoji, sends and edits', async () => {
  const { page, context, faults } = await openOlder()
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await page.locator('.timeline').getByText('Old and new, all can read this.', { exact: true }).waitFor()
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.pressSequentially('@')
  await page.getByRole('option', { name: /René/ }).waitFor()
  await field.press('Enter')
  await field.pressSequentially(':smile')
  await page.getByRole('option').first().waitFor()
  await field.press('Enter')
  await field.press('Enter')
  await page.locator('.timeline .mention').waitFor()
  await page.locator('.message-pending').waitFor({ state: 'detached' })
  await field.press('ArrowUp')
  await page.locator('.composing').waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('the widget shows its room', async () => {
  await using host = openHostPage(hostPort, server.origin, await Person.logIn(server, CUSTOMER))
  const { page, context, faults } = await openOlder()
  await page.goto(host.origin)
  await page.locator('.timeline').getByText('Old and new, all can read this.', { exact: true }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})
