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
  await page.mouse.move(600, 400)
  let prev = await info()
  let worst = 0
  const start = performance.now()
  for (let i = 0; i < 200; i++) {
    await page.mouse.wheel(0, -300)
    await page.waitForTimeout(40)
    const n = await info()
    if (i % 20 === 0) console.log(i, n)
    if (n.first?.includes('Message 1.')) break
    prev = n
  }
  console.log('at', await info(), 'ms', performance.now() - start)
  console.log(faults)
} finally {
  await browser.close()
  await server.remove()
}
