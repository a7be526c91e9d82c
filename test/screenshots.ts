// Pictures of every view: narrow and wide, light and dark, in both languages. `npm run screenshots [part of a name]`
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser } from './support/browser.ts'
import { converse } from './support/conversation.ts'
import { openView, VIEWS } from './support/page-views.ts'
import { startServer } from './support/server.ts'

const FOLDER = join(import.meta.dir, '../screenshots')
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } }
const [wanted = ''] = process.argv.slice(2)

mkdirSync(FOLDER, { recursive: true })
const server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0' })
const browser = await startBrowser()
try {
  await converse(server)
  for (const locale of ['en-GB', 'de-AT']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        for (const view of VIEWS) {
          const file = `${view.name}-${size}-${colorScheme}-${locale.slice(0, 2)}.png`
          if (!file.includes(wanted)) continue
          const look = { locale, colorScheme, viewport, hasTouch: size === 'narrow', reducedMotion: 'reduce' } as const
          const { page, close } = await openView(browser, server, view, look)
          await page.screenshot({ path: join(FOLDER, file) })
          await close()
          console.log(file)
        }
      }
    }
  }
} finally {
  await browser.close()
  await server.remove()
}
