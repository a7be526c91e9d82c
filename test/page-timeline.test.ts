// The timeline in a real browser: two people in a room, and rooms with a long past.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Room } from '../client/index.ts'
import { openWindow, startBrowser } from './support/browser.ts'
import { becomes, enter, hears, until } from './support/client-room.ts'
import { startFilled } from './support/filled-room.ts'
import { pressOn } from './support/keyboard.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import type { Server } from './support/server.ts'

let server: Server
let browser: Browser
let max: Room

beforeAll(async () => {
  server = await startPageServer()
  browser = await startBrowser()
  max = enter(await Person.logIn(server, SCRUM_MASTER), ROOM)
  await becomes(max, 'live')
})
afterAll(async () => {
  max.close()
  await browser.close()
  await server.remove()
})

/** The customer's page, in the room. */
async function atThePage(at = server) {
  const window = await openWindow(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
  await signIn(window.page, at.origin, CUSTOMER)
  await openRoom(window.page)
  await isLive(window.page)
  return { ...window, message: (text: string) => window.page.getByRole('article').filter({ hasText: text }) }
}

async function says(room: Room, text: string, replyTo?: string): Promise<string> {
  const settled = await room.send(text, replyTo === undefined ? {} : { replyTo }).settled
  if (settled.status !== 'stored') throw new Error(`not stored: ${JSON.stringify(settled)}`)
  return String(settled.offset)
}

/** The message that the SDK's room knows, once it is as it should be. */
async function seen(id: string, holds: (message: { text: string; deleted?: true; pinned?: true }) => boolean) {
  await until(max, `told of a change of ${id}`, ({ timeline }) =>
    timeline.blocks.some(({ messages }) => messages.some((message) => message.id === id && holds(message))),
  )
}

test('an empty room says so, and what somebody says appears, grouped by person', async () => {
  const { page, context, faults, message } = await atThePage()
  await page.getByText('Nothing was said yet.').waitFor()
  await says(max, 'first of the group')
  await says(max, 'second of the group')
  await message('second of the group').waitFor()
  expect(await message('first of the group').getByText('René Aubertin').count()).toBe(1)
  expect(await message('second of the group').getByText('René Aubertin').count()).toBe(0)
  await page.getByRole('button', { name: 'Today' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('what others say while one is away stands under a line, and being seen is told to them', async () => {
  const first = await atThePage()
  await says(max, 'seen together')
  await first.message('seen together').waitFor()
  await until(max, 'read', ({ timeline }) => readBy(timeline, CUSTOMER) >= (timeline.cursor?.offset ?? 0))
  await first.context.close()
  const missed = Number(await says(max, 'said in absence'))
  const { page, context, faults, message } = await atThePage()
  await message('said in absence').waitFor()
  const line = page.locator('.timeline').getByText('New messages', { exact: true })
  await line.waitFor()
  const [above, below] = await message('said in absence').evaluate((missed) => {
    const unread = document.querySelector('.unread-divider')
    return [unread, missed].map((each) => each?.getBoundingClientRect().top ?? Number.NaN)
  })
  expect(above).toBeLessThan(below ?? Number.NaN)
  await until(max, 'read', ({ timeline }) => readBy(timeline, CUSTOMER) >= missed)
  expect(faults).toEqual([])
  await context.close()
})

test('what one does with a message is there at once, and the others see it: react, pin, delete, and take that back', async () => {
  const { page, context, faults, message } = await atThePage()
  const id = await says(max, 'do something with me')
  await pressOn(message('do something with me'), 'Enter')
  await page.getByRole('menu').waitFor()
  await page.getByRole('menuitem', { name: 'React with 🎉' }).click()
  await message('do something with me')
    .getByRole('button', { name: /🎉 1\s*You/, pressed: true })
    .waitFor()
  await page.keyboard.press('p')
  await message('do something with me').getByText('Pinned').waitFor()
  await seen(id, ({ pinned }) => pinned === true)
  await page.getByRole('textbox', { name: 'Message' }).fill('to be deleted')
  await page.getByRole('button', { name: 'Send' }).click()
  const own = page.getByRole('article').filter({ hasText: 'to be deleted' })
  await own.waitFor()
  await hears(max, 'to be deleted')
  const ownId = max.state.timeline.blocks.at(-1)?.messages.at(-1)?.id ?? ''
  await pressOn(page.locator(`[data-id="${ownId}"]`), 'Delete')
  await page.getByRole('button', { name: 'Undo' }).click()
  await own.waitFor()
  await pressOn(page.locator(`[data-id="${ownId}"]`), 'Delete')
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  await seen(ownId, ({ deleted }) => deleted === true)
  await page.locator(`[data-id="${ownId}"]`).getByText('Message deleted').waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('what was refused says why in its place, until it is given up', async () => {
  const { page, context, faults, message } = await atThePage()
  const id = await says(max, 'as many reactions as there can be')
  const emoji = Array.from({ length: 30 }, (_, each) => String.fromCodePoint(0x1f400 + each))
  await Promise.all(emoji.map((each) => max.react(id, each).settled))
  await pressOn(message('as many reactions'), 'Enter')
  await page.getByRole('menuitem', { name: 'React with 🎉' }).click()
  await message('as many reactions')
    .getByText(/as many different reactions as it can have/)
    .waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' })
  expect(faults).toEqual([])
  await context.close()
})

test('with the keyboard alone: up to an older message, to its day, and through the menu', async () => {
  const { page, context, faults, message } = await atThePage()
  await says(max, 'one to walk to')
  await says(max, 'one to walk from')
  await pressOn(message('one to walk from'), 'ArrowUp')
  await page.locator('article:focus', { hasText: 'one to walk to' }).waitFor()
  await page.keyboard.press('End')
  await page.locator('article:focus', { hasText: 'one to walk from' }).waitFor()
  await page.keyboard.press('Home')
  await page.locator('article[data-id="1"]:focus').waitFor()
  await page.keyboard.press('ArrowUp')
  await page.locator('.day-divider-name:focus').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.locator('article[data-id="1"]:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await page.keyboard.press('End')
  await page.getByRole('menuitem', { name: 'Pin' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('article[data-id="1"]:focus').waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('the keys e and r lead to where one writes, and what is written there the others see', async () => {
  const { page, context, faults } = await atThePage()
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('said with a mistook')
  await field.press('Enter')
  await hears(max, 'said with a mistook')
  const id = max.state.timeline.blocks.at(-1)?.messages.at(-1)?.id ?? ''
  await pressOn(page.locator(`[data-id="${id}"]`), 'e')
  await page.locator('textarea:focus').fill('said without a mistake')
  await page.keyboard.press('Enter')
  await seen(id, ({ text }) => text === 'said without a mistake')
  await pressOn(page.locator(`[data-id="${id}"]`), 'r')
  await page.locator('textarea:focus').fill('an answer to oneself')
  await page.keyboard.press('Enter')
  const { timeline } = await hears(max, 'an answer to oneself')
  expect(timeline.blocks.at(-1)?.messages.at(-1)?.replyTo).toBe(id)
  expect(faults).toEqual([])
  await context.close()
})

test('what others edit and delete changes in place, and an answer shows what it answers to', async () => {
  const { context, faults, message } = await atThePage()
  const id = await says(max, 'before the edit')
  await message('before the edit').waitFor()
  await max.edit(id, 'after the edit').settled
  await message('after the edit').getByText('edited').waitFor()
  await says(max, 'this is an answer', id)
  await message('this is an answer')
    .getByRole('button', { name: /after the edit/ })
    .waitFor()
  await max.delete(id).settled
  await message('this is an answer')
    .getByRole('button', { name: /Message deleted/ })
    .waitFor()
  expect(faults).toEqual([])
  await context.close()
})

test('hostile messages are shown as text, inside the page, and nothing in them runs', async () => {
  const { page, context, faults, message } = await atThePage()
  const hostile = [
    '<img src=x onerror="document.title=1"> <script>document.title=1</script>',
    `${'w'.repeat(8_000)} long word`,
    `piled ${'a\u0301\u0302\u0303'.repeat(300)}`,
    `${'>'.repeat(6_000)} nested`,
    'overriding \u202eright to left',
    '[click](javascript:document.title=1) hostile link',
    '[https://bank.example](https://evil.example) disguised',
  ]
  for (const text of hostile) await says(max, text)
  await message('overriding').waitFor()
  await message('disguised').getByText('evil.example)').waitFor()
  expect(await message('hostile link').getByRole('link').count()).toBe(0)
  const [inner, outer] = await page.evaluate(() => {
    const scroller = document.querySelector('.timeline-scroller')
    return [scroller?.scrollWidth ?? 0, scroller?.clientWidth ?? 0]
  })
  expect(inner).toBeLessThanOrEqual(outer)
  expect(await page.title()).not.toBe('1')
  expect(faults).toEqual([])
  await context.close()
})

function readBy(timeline: Room['state']['timeline'], reader: string): number {
  return timeline.members.find(({ email }) => email === reader)?.read ?? 0
}

const HOUR = 60

/** Where a message stands on the screen; `null` when it is not in the document. */
function placeOf(page: Page, id: string): Promise<number | null> {
  return page.evaluate(
    (wanted) => document.querySelector(`[data-id="${wanted}"]`)?.getBoundingClientRect().top ?? null,
    id,
  )
}

test('scrolling back through a thousand messages, what is read stays where it is while pages come', async () => {
  const past = await startFilled({ messages: 1_000, from: Date.now() - 1_000 * 60_000, minutes: 1 })
  const { page, context, faults } = await atThePage(past)
  await page.locator('[data-id="1000"]').waitFor()
  let worst = 0
  while ((await placeOf(page, '1')) === null) worst = Math.max(worst, await strayAfter(page, 400))
  expect(worst).toBeLessThanOrEqual(4)
  expect(faults).toEqual([])
  await context.close()
  await past.remove()
})

/** Scrolls up, then holds still until a page has come if one is due; gives back how far what is read has moved meanwhile. */
function strayAfter(page: Page, pixels: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const scroller = document.querySelector('.timeline-scroller')
    if (!scroller) throw new Error('no timeline')
    const frames = async (count: number) => {
      for (let each = 0; each < count; each += 1) await new Promise((done) => requestAnimationFrame(done))
    }
    const height = scroller.scrollHeight
    scroller.scrollTop -= wanted
    await frames(2)
    const { top } = scroller.getBoundingClientRect()
    const all = [...scroller.querySelectorAll('article')]
    const first = all.find((article) => article.getBoundingClientRect().top >= top)
    const before = first?.getBoundingClientRect().top ?? 0
    const isDue = () => scroller.scrollTop < 1_000 && scroller.querySelector('.timeline-edge .skeleton') !== null
    while (isDue() && scroller.scrollHeight < height + 1_000) await frames(1)
    await frames(3)
    const now = scroller.querySelector(`[data-id="${first?.dataset['id']}"]`)
    return Math.abs((now?.getBoundingClientRect().top ?? 0) - before)
  }, pixels)
}

test('fifty thousand messages: to the first unread, to the beginning, to an original, to a day, and back to the newest', async () => {
  const from = Date.now() - 50_000 * HOUR * 60_000
  const past = await startFilled({ messages: 50_000, from, minutes: HOUR })
  const customer = await Person.logIn(past, CUSTOMER)
  {
    using room = enter(customer, ROOM)
    await becomes(room, 'live')
    await says(room, 'an answer to something old', '25000')
    room.read(30_000)
    await until(room, 'read', ({ timeline }) => readBy(timeline, CUSTOMER) >= 30_000)
  }
  const { page, context, faults, message } = await atThePage(past)
  await page.getByText('New messages', { exact: true }).waitFor()
  await page.locator('[data-id="30001"]').waitFor()

  await page.getByRole('button', { name: /new message/ }).click()
  await message('an answer to something old')
    .getByRole('button', { name: /Message 25000\./ })
    .click()
  await page.locator('[data-id="25000"]:focus').waitFor()

  await page.evaluate((address) => location.assign(address), `#/${ROOM}/1`)
  await page.locator('[data-id="1"]:focus').waitFor()
  await page.getByText('Here the chat begins.').waitFor()

  const day = new Date(from + 20_000 * HOUR * 60_000)
  await page
    .getByRole('button', { name: /day|\d{4}/ })
    .and(page.locator('.day-divider-name'))
    .first()
    .click()
  await page
    .getByRole('textbox', { name: 'Day' })
    .fill(`${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`)
  await page.getByRole('button', { name: 'Go there' }).click()
  await page.locator('[data-id]:focus').waitFor()
  await until20k(page)

  await page.getByRole('button', { name: /newest|new message/ }).click()
  await message('an answer to something old').waitFor()
  await pressOn(page.locator('[data-id="50001"]'), 'Home')
  await page.locator('.timeline article:focus').and(page.locator(':not([data-id="50001"])')).waitFor()
  expect(faults).toEqual([])
  await context.close()
  await past.remove()
})

const two = (value: number) => String(value).padStart(2, '0')

/** A message of that day has the focus: it is within a day of the 20,000th. */
async function until20k(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const id = Number(document.querySelector<HTMLElement>('.timeline article:focus')?.dataset['id'])
    return id > 19_970 && id <= 20_001
  })
}
