// A real browser: Chromium as the system has it, one window a person.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { PATIENCE_MILLISECONDS } from './patience.ts'

/** Nothing of it may reach for the network beyond the test's own server. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Whoever is cut off comes back after a random wait, so that not all come at once; here is nobody else, and the wait is short. */
const SHORT_WAITS = '{ const { random } = Math; Math.random = () => random() / 10 }'

export function startBrowser(): Promise<Browser> {
  const executablePath = Bun.which('chromium') ?? ''
  return chromium.launch({ executablePath, args: ARGUMENTS })
}

export interface Window {
  readonly page: Page
  readonly context: BrowserContext
  /** What went wrong in the page itself: exceptions, and what it logged as an error. */
  readonly faults: string[]
}

export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Vienna', ...options })
  context.setDefaultTimeout(PATIENCE_MILLISECONDS)
  await context.addInitScript(SHORT_WAITS)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error.stack ?? error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { page, context, faults }
}
