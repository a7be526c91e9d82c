// Draws the icons that a device shows for the installed page, from the one drawing there is. `npm run icons`
import { join } from 'node:path'
import { startBrowser } from './support/browser.ts'

const FOLDER = join(import.meta.dir, '../web/icons')
const drawing = await Bun.file(join(FOLDER, 'icon.svg')).text()
/** Devices cut their own shape out of it; what is drawn lies well inside of any. */
const full = drawing.replace('rx="16"', 'rx="0"')
const ICONS = [
  { name: 'icon-192.png', size: 192, svg: drawing },
  { name: 'icon-512.png', size: 512, svg: drawing },
  { name: 'icon-maskable.png', size: 512, svg: full },
  { name: 'icon-apple.png', size: 180, svg: full },
]

const browser = await startBrowser()
for (const { name, size, svg } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`)
  await page.screenshot({ path: join(FOLDER, name), omitBackground: true })
  await page.close()
}
await browser.close()
