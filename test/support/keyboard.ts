// The keyboard of somebody who looks first: keys go to what has the focus, and only what is in sight can have it.
import type { Locator } from 'playwright-core'

/** A message that has just come is hidden until its place is known: until then the focus would go nowhere. */
export async function focusOn(target: Locator): Promise<void> {
  await target.waitFor()
  await target.focus()
  await target.and(target.page().locator(':focus')).waitFor()
}

export async function pressOn(target: Locator, key: string): Promise<void> {
  await focusOn(target)
  await target.page().keyboard.press(key)
}
