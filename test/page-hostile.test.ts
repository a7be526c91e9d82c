// What people write, and what their names and projects are called, is text: nothing of it runs, and nothing tears the page apart.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter } from './support/client-room.ts'
import { startPageServer } from './support/page-server.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { PASSWORD, Person } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import type { Server } from './support/server.ts'
import { laravelHash, Propromo } from './support/tables.ts'

const HOSTILE_ROOM = `hostile"'<img src=x onerror=run()>`
const VICTIM = 'victim@example.com'
const RUN = 'document.documentElement.dataset.ran = 1'

/** Each is sent as a message, and stands as a title and a description. */
const TEXTS: Readonly<Record<string, string>> = {
  'an element that runs': `<img src=x onerror="${RUN}"><svg onload="${RUN}"></svg>`,
  'a script': `<script>${RUN}</script>`,
  'a link that runs': `[click](javascript:${RUN.replaceAll(' ', '')}) javascript:${RUN}`,
  'a link that runs, in disguise': `[click](JaVa\tScRiPt:alert(1)) [x](data:text/html,<script>${RUN}</script>) [y](vbscript:x)`,
  'an image from elsewhere': '![x](https://elsewhere.example/pixel.png)',
  'a link that looks like another': '[https://propromo.at](https://elsewhere.example/login)',
  'a link in letters of another alphabet': 'https://рropromo.at/join',
  'a word of 16 KB': 'w'.repeat(16_000),
  'a thousand accents': `e${'\u0301'.repeat(1000)} over`,
  'control characters': 'one\u0000\u0007\u001b[31mtwo\u0085three',
  'a text that turns around': 'invoice\u202Egpj.exe\u2066 and on\u200F',
  'brackets without end': '['.repeat(8_000),
  'quotes without end': '>'.repeat(16_000),
  'stars without end': '*a **b '.repeat(1_800),
  'a list without end': Array.from({ length: 150 }, (_, depth) => `${' '.repeat(depth)}- x`).join('\n'),
}

let postgres: Postgres
let propromo: Propromo
let server: Server
let browser: Browser

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  const title = TEXTS['an element that runs'] ?? ''
  await propromo.addMonitor({
    monitor_hash: HOSTILE_ROOM,
    title: `${title}\u202E${'t'.repeat(150)}`.slice(0, 255),
    organization_name: `<b onclick="${RUN}">org</b>`,
    short_description: Object.values(TEXTS).join('\n').replaceAll('\u0000', ''),
    project_url: `javascript:${RUN}`,
  })
  await propromo.addAccount(VICTIM, await laravelHash(PASSWORD), HOSTILE_ROOM)
  await propromo.addAccount('hostile@example.com', await laravelHash(PASSWORD), HOSTILE_ROOM)
  server = await startPageServer({ DATABASE_URL: postgres.url })
  browser = await startBrowser()
  using room = enter(await Person.logIn(server, 'hostile@example.com'), HOSTILE_ROOM)
  await becomes(room, 'live')
  for (const text of Object.values(TEXTS)) {
    const settled = await room.send(text).settled
    if (settled.status !== 'stored') throw new Error(`not stored: ${JSON.stringify(settled)}`)
  }
})
afterAll(async () => {
  await browser.close()
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

for (const width of [320, 1280]) {
  test(`nothing that was said runs, calls elsewhere, or widens a page of ${width} px`, async () => {
    const { page, context, faults } = await openWindow(browser, { viewport: { width, height: 700 } })
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin) && !request.url().startsWith('data:')) elsewhere.push(request.url())
    })
    await signIn(page, server.origin, VICTIM)
    await openRoom(page, HOSTILE_ROOM)
    const panels = page.locator('.room-panels button')
    await page.locator('article').last().waitFor()
    for (let scrolled = 0; scrolled < 12; scrolled++) {
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      expect(await linksOf(page)).toEqual([])
      await page.mouse.move(width === 320 ? 160 : 800, 350)
      await page.mouse.wheel(0, -900)
      await twoFrames(page)
    }
    await panels.last().click()
    await page.locator('.panel').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(await linksOf(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.dataset['ran'])).toBeUndefined()
    expect(await page.locator('#app :is(img, iframe, object, script)').count()).toBe(0)
    expect(elsewhere).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  })
}

/** What a turn of the wheel brings is in the document by then. */
function twoFrames(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** Addresses of links that are neither of this page nor of the web. */
function linksOf(page: Page): Promise<readonly string[]> {
  return page
    .locator('a[href]')
    .evaluateAll((links) =>
      links.map((link) => link.getAttribute('href') ?? '').filter((href) => !/^(?:https?:|mailto:|[/#])/.test(href)),
    )
}
