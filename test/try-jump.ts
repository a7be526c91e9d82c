import { openWindow, startBrowser } from './support/browser.ts'
import { openRoom, signIn } from './support/page-views.ts'
import { startFilled } from './support/filled-room.ts'
import { CUSTOMER, Person, ROOM } from './support/people.ts'
import { becomes, enter, settles } from './support/client-room.ts'
const N = Number(process.argv[2] ?? 1000)
let t = performance.now()
const server = await startFilled({ messages: N, from: Date.now() - N * 60_000, minutes: 1 })
console.log('filled', N, performance.now() - t)
const browser = await startBrowser()
try {
  const customer = await Person.logIn(server, CUSTOMER)
  { using room = enter(customer, ROOM); await becomes(room, 'live'); room.read(Number(process.argv[3] ?? N)); await settles(room); await Bun.sleep(300) }
  const { page, faults } = await openWindow(browser, { viewport: { width: 1000, height: 800 } })
  page.on('console', (m) => console.log('  page:', m.text()))
  await signIn(page, server.origin, CUSTOMER)
  await openRoom(page)
  await page.locator('article').first().waitFor()
  const info = () => page.evaluate(() => { const s = document.querySelector('.timeline-scroller')!; const b = s.getBoundingClientRect(); const a = [...document.querySelectorAll('article')].filter(e => { const r = e.getBoundingClientRect(); return r.bottom > b.top + 1 && r.top < b.bottom }); return { top: s.scrollTop, height: s.scrollHeight, first: a[0]?.textContent?.slice(0, 60), y: a[0]?.getBoundingClientRect().top, last: a.at(-1)?.textContent?.slice(0, 60), n: document.querySelectorAll('article').length } })
  await page.waitForTimeout(600)
  console.log(await info())
  await page.screenshot({ path: '/tmp/shots-timeline/long.png' })

  console.log('read', process.argv[3])
  // jump to the beginning
  const t1 = performance.now()
  await page.evaluate((h) => { location.hash = h }, '#/' + ROOM + '/1')
  await page.locator('article[data-id="1"]').waitFor({ timeout: 10000 }).catch((e) => console.log(String(e).slice(0, 200)))
  console.log('jump', performance.now() - t1, await info())
  await page.waitForTimeout(1000)
  await page.screenshot({ path: '/tmp/shots-timeline/jumped.png' })
  await page.evaluate((h) => { location.hash = h }, '#/' + ROOM + '/' + Math.floor(N / 2))
  await page.locator(`article[data-id="${Math.floor(N / 2)}"]`).waitFor({ timeout: 10000 }).catch((e) => console.log(String(e).slice(0, 200)))
  await page.waitForTimeout(1000)
  console.log('middle', await info())
  await page.mouse.move(600, 400)
  for (let i = 0; i < 40; i++) { await page.mouse.wheel(0, 400); await page.waitForTimeout(40) }
  console.log('below middle', await info())
  for (let i = 0; i < 80; i++) { await page.mouse.wheel(0, -400); await page.waitForTimeout(40) }
  console.log('above middle', await info())
  await page.getByRole('button', { name: /newest|new message/ }).click()
  await page.waitForTimeout(1000)
  console.log('newest', await info())
  await page.locator('article').last().focus()
  console.log(await page.evaluate(() => document.activeElement?.textContent?.slice(0, 50))); await page.keyboard.press('Home')
  await page.waitForTimeout(500)
  console.log('home', await info(), await page.evaluate(() => document.activeElement?.textContent?.slice(0, 50)))
  console.log(faults)
} finally {
  await browser.close()
  await server.remove()
}
