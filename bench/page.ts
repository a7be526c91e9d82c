// How soon the page can be used, and how soon it shows what somebody else says, in a real browser.
import type { CDPSession, Page } from 'playwright-core'
import { openWindow, startBrowser } from '../test/support/browser.ts'
import { startServer } from '../test/support/server.ts'
import { median } from './figures.ts'

const ROUNDS = 7
const MESSAGES = 40
/** An old phone beside this machine. */
const SLOWER = 4
const CREDENTIALS = { password: 'password' }

const server = await startServer({ LIMIT_SENDS_PER_10S: '0', LIMIT_LOGINS_PER_MINUTE: '0' })
const browser = await startBrowser()
try {
  console.log(`script of the first view: ${(await scriptBytes()) / 1000} KB gzipped`)
  const firstViews = await repeated(ROUNDS, () => firstView(false))
  console.log(`sign-in form usable, CPU ${SLOWER}x slower: ${told(firstViews)}`)
  const rooms = await repeated(ROUNDS, () => firstView(true))
  console.log(`a room usable for somebody signed in, CPU ${SLOWER}x slower: ${told(rooms)}`)
  console.log(`a message from another, from its event's arrival to the next paint: ${told(await deliveries())}`)
} finally {
  await browser.close()
  await server.remove()
}

/** What the browser fetches as script before anything is pressed. */
async function scriptBytes(): Promise<number> {
  const { page, context } = await openWindow(browser)
  const scripts: string[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.url())
  })
  await signIn(page, 'customer@example.com')
  const sizes = scripts.map(async (url) => {
    const answer = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' }, decompress: false })
    return (await answer.arrayBuffer()).byteLength
  })
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  await context.close()
  return total
}

/** From the address to a field that takes text, in milliseconds; everything in the browser's cache is forgotten first. */
async function firstView(signedIn: boolean): Promise<number> {
  const { page, context } = await openWindow(browser)
  if (signedIn) await signIn(page, 'customer@example.com')
  const devtools: CDPSession = await context.newCDPSession(page)
  await devtools.send('Network.clearBrowserCache')
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const started = performance.now()
  await page.goto(signedIn ? `${server.origin}/?again#/w32tgse` : server.origin, { waitUntil: 'commit' })
  await page.waitForSelector(signedIn ? '.composer textarea' : '#app #email', { state: 'visible' })
  const taken = performance.now() - started
  await context.close()
  return taken
}

/** Between the arrival of each event at the page's socket and the paint that shows it, in milliseconds. */
async function deliveries(): Promise<number[]> {
  const [hearing, speaking] = [await openWindow(browser), await openWindow(browser)]
  await hearing.page.addInitScript(noteArrivals)
  await signIn(hearing.page, 'customer@example.com')
  await signIn(speaking.page, 'scrum.master@example.com')
  for (let said = 0; said < MESSAGES; said++) {
    await speaking.page.fill('.composer textarea', `measured ${said}`)
    await speaking.page.press('.composer textarea', 'Enter')
    await hearing.page.getByText(`measured ${said}`, { exact: true }).first().waitFor()
  }
  const taken = await hearing.page.evaluate(() => (globalThis as unknown as { taken: number[] }).taken)
  await Promise.all([hearing.context.close(), speaking.context.close()])
  return taken
}

/** Runs in the page: notes when an event arrives, and when the document shows it. */
function noteArrivals(): void {
  const taken: number[] = []
  Object.assign(globalThis, { taken })
  const Plain = globalThis.WebSocket
  globalThis.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', ({ data }) => {
        const text = /"text":"(measured \d+)"/.exec(String(data))?.[1]
        if (text !== undefined && String(data).startsWith('{"type":"message"')) watch(text, performance.now())
      })
    }
  }
  function watch(text: string, arrived: number): void {
    const look = () => {
      if (document.querySelector('.timeline')?.textContent?.includes(text)) taken.push(performance.now() - arrived)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(server.origin)
  await page.fill('#email', email)
  await page.fill('#password', CREDENTIALS.password)
  await page.click('.sign-in button[type=submit]')
  await page.click('a.rooms-item[href*="w32tgse"]')
  await page.waitForSelector('.composer textarea')
}

async function repeated(times: number, measure: () => Promise<number>): Promise<number[]> {
  const all: number[] = []
  for (let round = 0; round < times; round++) all.push(await measure())
  return all
}

function told(all: readonly number[]): string {
  const [least, most] = [Math.min(...all), Math.max(...all)].map((value) => value.toFixed(0))
  return `median ${median(all).toFixed(0)} ms (${least} to ${most}, ${all.length} times)`
}
