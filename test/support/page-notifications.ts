// What the page would show as notifications, kept where a test finds it.
import type { Page } from 'playwright-core'

export interface Told {
  readonly title: string
  readonly body: string
  readonly tag: string
}

/** Runs in the page before its own script: without the worker it is the page itself that shows them. */
export function recordNotifications(permission: NotificationPermission = Notification.permission): void {
  const told: object[] = []
  const shown: { onclick: (() => void) | null }[] = []
  class Recorded {
    static permission = permission
    static requestPermission = async () => {
      Recorded.permission = 'granted'
    }
    onclick: (() => void) | null = null
    constructor(title: string, options: NotificationOptions) {
      told.push({ title, body: options.body, tag: options.tag })
      shown.push(this)
    }
    close(): void {}
  }
  Object.assign(globalThis, { Notification: Recorded, told, shown })
}

export function toldIn(page: Page): Promise<readonly Told[]> {
  return page.evaluate(() => (globalThis as unknown as { told: readonly Told[] }).told)
}

/** Once it is told. A tab that nobody looks at paints nothing, so this waits for no frame. */
export async function tellsOf(page: Page, text: string): Promise<Told | undefined> {
  await page.waitForFunction(
    (part) => (globalThis as unknown as { told: readonly Told[] }).told.some(({ body }) => body.includes(part)),
    text,
    { polling: 50 },
  )
  return (await toldIn(page)).find(({ body }) => body.includes(text))
}

/** As somebody who presses the latest. */
export const press = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { shown: { onclick(): void }[] }).shown.at(-1)?.onclick())
