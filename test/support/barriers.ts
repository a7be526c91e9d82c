// What keeps people with disabilities out of a page, as axe finds it.
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Whatever axe finds, of any level. Run through the debugger, since the page's own policy lets no foreign script in. */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
  })
}
