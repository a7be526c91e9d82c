import { openWindow, startBrowser } from './support/browser.ts'
import { converse } from './support/conversation.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { startServer } from './support/server.ts'
import { CUSTOMER } from './support/people.ts'
const server = await startServer({ LIMIT_LOGINS_PER_MINUTE: '0' })
const browser = await startBrowser()
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } }
try {
  await converse(server)
  const combos = process.argv[2] === 'all' ? [['en-GB','light','wide'],['de-AT','dark','narrow'],['en-GB','dark','wide'],['de-AT','light','narrow']] : [['en-GB','light','wide'],['de-AT','dark','narrow']]
  for (const [locale, colorScheme, size] of combos as any) {
    const { page, context, faults } = await openWindow(browser, { locale, colorScheme, viewport: (SIZES as any)[size], hasTouch: size === 'narrow' })
    await signIn(page, server.origin, CUSTOMER)
    await openRoom(page)
    await page.getByText('The feed for the shop window').first().waitFor()
    await page.waitForTimeout(500)
    await page.screenshot({ path: `/tmp/shots-timeline/room-${size}-${colorScheme}.png` })
    if (size === 'wide') await page.getByText('Release is on').first().hover()
    await page.getByText('Release is on').first().evaluate((e: any) => e.closest('article').focus())
    await page.keyboard.press('Enter')
    await page.waitForTimeout(300)
    await page.screenshot({ path: `/tmp/shots-timeline/menu-${size}-${colorScheme}.png` })
    await page.keyboard.press('Escape')
    console.log(faults)
    await context.close()
  }
} finally {
  await browser.close()
  await server.remove()
}
