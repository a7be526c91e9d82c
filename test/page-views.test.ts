// Every view, searched for what keeps people out: light and dark, narrow and wide, in both languages.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { barriersIn } from './support/barriers.ts'
import { startBrowser } from './support/browser.ts'
import { converse } from './support/conversation.ts'
import { startPageServer } from './support/page-server.ts'
import { openView, VIEWS } from './support/page-views.ts'
import type { Server } from './support/server.ts'

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 320, height: 640 }
const LOOKS = [
  { colorScheme: 'light', locale: 'en-GB', viewport: WIDE },
  { colorScheme: 'dark', locale: 'de-AT', viewport: WIDE },
  { colorScheme: 'light', locale: 'de-AT', viewport: NARROW },
  { colorScheme: 'dark', locale: 'en-GB', viewport: NARROW },
] as const

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  await converse(server)
})
afterAll(async () => {
  await browser.close()
  await server.remove()
})

for (const view of VIEWS) {
  for (const look of LOOKS) {
    const { colorScheme, locale, viewport } = look
    test(`axe finds nothing: ${view.name}, ${colorScheme}, ${locale}, ${viewport.width} px wide`, async () => {
      const { page, close } = await openView(browser, server, view, look)
      expect(await barriersIn(page)).toEqual([])
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect(inner).toBeLessThanOrEqual(outer ?? 0) // Nothing has to be scrolled to the side.
      await close()
    })
  }
}
