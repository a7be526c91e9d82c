// Writing in the page: keys, drafts, answers and edits, completion, emoji, what is pasted, and what is too long.
import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { messagesIn } from '../client/index.ts'
import { openWindow, startBrowser, type Window } from './support/browser.ts'
import { becomes, enter, hears, until } from './support/client-room.ts'
import { startPageServer } from './support/page-server.ts'
import { isLive, openRoom, signIn } from './support/page-views.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './support/people.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import type { Server } from './support/server.ts'
import { Propromo, RAILWAY } from './support/tables.ts'

const MOST_BYTES = 400

let postgres: Postgres
let propromo: Propromo
let server: Server
let browser: Browser
/** What the customer hears of it all. */
let listener: ReturnType<typeof enter>
const windows: Window[] = []

beforeAll(async () => {
  postgres = await startPostgres('dummy/test.sql')
  propromo = new Propromo(postgres)
  await propromo.makeLoginsCheap()
  server = await startPageServer({ DATABASE_URL: postgres.url, LIMIT_TEXT_BYTES: String(MOST_BYTES) })
  browser = await startBrowser()
  listener = enter(await Person.logIn(server, CUSTOMER), ROOM)
  await becomes(listener, 'live')
})
afterEach(async () => {
  for (const { context, faults } of windows.splice(0)) {
    expect(faults).toEqual([])
    await context.close()
  }
})
afterAll(async () => {
  listener.close()
  await browser.close()
  await server.remove()
  await propromo.close()
  await postgres.remove()
})

async function write(options: BrowserContextOptions = {}, who = SCRUM_MASTER): Promise<{ page: Page; field: Locator }> {
  const window = await openWindow(browser, options)
  windows.push(window)
  await signIn(window.page, server.origin, who)
  await openRoom(window.page)
  const field = fieldIn(window.page)
  await field.focus()
  return { page: window.page, field }
}

function fieldIn(page: Page): Locator {
  return page.getByRole('textbox', { name: /^(?:Message|Nachricht)$/ })
}

/** As if it had been copied elsewhere. */
async function paste(field: Locator, types: Readonly<Record<string, string>>): Promise<void> {
  await field.evaluate((element, given) => {
    const clipboardData = new DataTransfer()
    for (const [type, text] of Object.entries(given)) clipboardData.setData(type, text)
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    // What nobody takes is pasted by the browser, as plain text.
    if (element.dispatchEvent(event)) document.execCommand('insertText', false, given['text/plain'] ?? '')
  }, types)
}

/** Waits for it, and shows what there was instead. */
async function value(field: Locator, expected: string): Promise<void> {
  const isThere = (text: string) => {
    const [found] = document.querySelectorAll<HTMLTextAreaElement>('.composer textarea')
    return found?.value === text
  }
  await field
    .page()
    .waitForFunction(isThere, expected)
    .catch(() => undefined)
  expect(await field.inputValue()).toBe(expected)
}

test('Enter sends, Shift+Enter breaks the line, and what is blank is not sent', async () => {
  const { page, field } = await write()
  const send = page.getByRole('button', { name: 'Send' })
  expect(await send.isDisabled()).toBe(true)
  await field.pressSequentially('  ')
  await field.press('Enter')
  await value(field, '  ')
  expect(await send.isDisabled()).toBe(true)
  await field.fill('')
  await field.pressSequentially('one')
  await field.press('Shift+Enter')
  await field.pressSequentially('two')
  expect(await send.isDisabled()).toBe(false)
  await field.press('Enter')
  await hears(listener, 'one\ntwo')
  await value(field, '')
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
})

test('where Enter is not to send, Ctrl+Enter does', async () => {
  const { page, field } = await write()
  await page.evaluate(() => localStorage.setItem('propromo settings', JSON.stringify({ enterSends: false })))
  await page.reload()
  await field.pressSequentially('first')
  await field.press('Enter')
  await field.pressSequentially('second')
  await value(field, 'first\nsecond')
  await field.press('Control+Enter')
  await hears(listener, 'first\nsecond')
})

test('on glass Enter breaks the line, and the button sends and leaves the focus in the field', async () => {
  const { page, field } = await write({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } })
  await field.pressSequentially('above')
  await field.press('Enter')
  await field.pressSequentially('below')
  await page.getByRole('button', { name: 'Send' }).tap()
  await hears(listener, 'above\nbelow')
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
})

test('Enter that an input method takes for itself sends nothing', async () => {
  const { page, field } = await write()
  const session = await page.context().newCDPSession(page)
  await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 })
  await value(field, 'にほん')
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 }
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
  await value(field, 'にほん')
  await session.send('Input.insertText', { text: '日本' })
  await value(field, '日本')
  await field.press('Enter')
  await hears(listener, '日本')
})

test('a draft is there again after a reload and in its own room, and the list of rooms can tell of it', async () => {
  const { page, field } = await write()
  await field.pressSequentially('for the bakery')
  await openRoom(page, RAILWAY)
  await value(field, '')
  await field.pressSequentially('for the railway')
  await page.reload()
  await value(field, 'for the railway')
  await openRoom(page, ROOM)
  await value(field, 'for the bakery')
  await field.press('Enter')
  await hears(listener, 'for the bakery')
  await page.reload()
  await value(field, '')
})

test('two windows of one person: the last to write wins, and nobody loses what they are typing', async () => {
  const { page, field } = await write()
  const other = await page.context().newPage()
  await other.goto(page.url())
  await fieldIn(other).pressSequentially('from the other window')
  await field.blur()
  await fieldIn(other).pressSequentially('!')
  await value(field, 'from the other window!')
  await field.fill('')
  await other.waitForFunction(() => Object.keys(localStorage).every((name) => !name.startsWith('propromo draft')))
  await value(fieldIn(other), 'from the other window!') // It has the focus.
})

test('the arrow up edits what one said last; Escape gives the draft back; the same words change nothing', async () => {
  const { page, field } = await write()
  await field.fill('to be edited')
  await field.press('Enter')
  await isStored(page, 'to be edited')
  await field.press('ArrowUp')
  await page.getByText('Edit message').waitFor()
  await value(field, 'to be edited')
  await field.press('Enter')
  await value(field, '')
  expect(await page.getByText('Edit message').count()).toBe(0)

  await field.press('ArrowUp')
  await field.pressSequentially(', and it was')
  await page.reload()
  await value(field, 'to be edited, and it was')
  await isStored(page, 'to be edited')
  await field.focus()
  await field.press('Escape')
  await value(field, '')
  await field.press('ArrowUp')
  await field.pressSequentially(', and it was')
  await field.press('Enter')
  await hears(listener, 'to be edited, and it was')
  await value(field, '')
})

test('while what one said last is on its way, the arrow up edits nothing that was said before', async () => {
  const { page, field } = await write()
  await isLive(page)
  await field.fill('said before')
  await field.press('Enter')
  await isStored(page, 'said before')
  await page.context().setOffline(true)
  await page.locator('.connection[data-status=offline]').waitFor()
  await field.fill('said last')
  await field.press('Enter')
  await page.locator('.message-pending').waitFor()
  await field.press('ArrowUp')
  expect(await page.locator('.composing').count()).toBe(0)
  await page.context().setOffline(false)
  await isStored(page, 'said last')
  await page.locator('.message-pending').waitFor({ state: 'detached' })
  await field.press('ArrowUp')
  await value(field, 'said last')
  windows.at(-1)?.faults.splice(0) // The browser logs that it had no network.
})

test('an answer says whom it answers, also after a reload; Escape leaves it and keeps the words', async () => {
  const { message } = await saidByCustomer('What about the price?')
  const { page, field } = await write()
  const draft = { text: '', reply: message, edit: null }
  await page.evaluate(([name, kept]) => localStorage.setItem(name, kept), [
    `propromo draft ${SCRUM_MASTER} ${ROOM}`,
    JSON.stringify(draft),
  ] as const)
  await page.reload()
  await page.getByText('Reply to Käthe Grüßmehl').waitFor()
  await field.pressSequentially('It stays')
  await field.press('Escape')
  expect(await page.locator('.composing').count()).toBe(0)
  await value(field, 'It stays')
  await page.evaluate(([name, kept]) => localStorage.setItem(name, kept), [
    `propromo draft ${SCRUM_MASTER} ${ROOM}`,
    JSON.stringify({ ...draft, text: 'It stays' }),
  ] as const)
  await page.reload()
  await field.press('Enter')
  const { timeline } = await hears(listener, 'It stays')
  expect(messagesIn(timeline).at(-1)).toMatchObject({ text: 'It stays', replyTo: message.id })
  expect(await page.locator('.composing').count()).toBe(0)
})

test('an @ offers the members, without regard to accents, and Enter inserts the chosen one', async () => {
  const { page, field } = await write()
  await field.pressSequentially('Hello @gru')
  const option = page.getByRole('listbox', { name: 'Members' }).getByRole('option', { name: 'Käthe Grüßmehl' })
  await option.waitFor()
  expect(await option.getAttribute('id')).toBe((await field.getAttribute('aria-activedescendant')) ?? 'none')
  await field.press('Escape')
  await option.waitFor({ state: 'detached' })
  await field.press('Backspace')
  expect(await option.count()).toBe(0)
  await field.pressSequentially(' @kat')
  await option.waitFor()
  await field.press('Enter')
  await value(field, 'Hello @gr @Käthe Grüßmehl ')
  expect(await option.count()).toBe(0)
  await field.press('Control+z')
  await value(field, 'Hello @gr @kat')
})

test('emoji come from the picker, by keyboard alone, and by their names after a colon', async () => {
  const { page, field } = await write()
  await field.pressSequentially('Done ')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const picker = page.getByRole('dialog', { name: 'Choose an emoji' })
  await picker.getByRole('button', { name: 'grinning face', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await picker.waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Insert an emoji')
  await page.keyboard.press('Enter')
  await picker.getByRole('searchbox').fill('party')
  await picker.getByRole('button', { name: 'party popper' }).waitFor()
  await page.keyboard.press('Enter')
  await value(field, 'Done 🎉')
  await field.pressSequentially(' :rocke')
  await page.getByRole('option', { name: 'rocket' }).waitFor()
  await field.press('Enter')
  await value(field, 'Done 🎉 🚀 ')
  await page.getByRole('button', { name: 'Insert an emoji' }).click()
  await picker.getByRole('tab', { name: 'Used last', selected: true }).waitFor()
  await picker.getByRole('button', { name: 'party popper' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await value(field, 'Done 🎉 🚀 🎉')
})

test('formatted text that is pasted becomes markdown, plain text stays, and nothing of it runs or loads', async () => {
  const { page, field } = await write()
  await paste(field, {
    'text/plain': 'plain',
    'text/html':
      '<p>A <b>bold</b> and <i>quick</i> <a href="https://example.com/a_b">link</a></p><ul><li>one</li><li>two</li></ul>',
  })
  await value(field, 'A **bold** and *quick* [link](https://example.com/a_b)\n\n- one\n- two')
  await field.press('Control+z')
  await value(field, '')
  await paste(field, { 'text/plain': 'just *this*', 'text/html': '<span style="color: red">just *this*</span>' })
  await value(field, 'just *this*')
  await field.fill('')
  await paste(field, {
    'text/plain': 'x',
    'text/html': `<b>b</b><img src="${server.origin}/loaded" onerror="document.title='ran'" alt="a cake"><script>document.title='ran'</script><a href="javascript:document.title='ran'">press</a>`,
  })
  await value(field, '**b**a cakepress')
  expect(await page.title()).not.toBe('ran')
})

const PASTED: readonly (readonly [what: string, html: string, markdown: string])[] = [
  [
    'lists in lists',
    '<ol start="3"><li>three<ul><li>inner</li></ul></li><li>four</li></ol>',
    '3. three\n   - inner\n4. four',
  ],
  ['headings', '<h2>Plan</h2><p>of the week</p>', '**Plan**\n\nof the week'],
  [
    'code',
    '<p>Run <code>npm start</code>:</p><pre><code>GET /\nHost: x</code></pre>',
    'Run `npm start`:\n\n```\nGET /\nHost: x\n```',
  ],
  ['quotes and lines', '<blockquote>one<br>two</blockquote><p>three</p>', '> one\n> two\n\nthree'],
  ['what is struck', '<p><s>old</s> new</p>', '~~old~~ new'],
  ['a wrapper that takes bold back', '<b style="font-weight:normal"><p>plain <b>bold</b></p></b>', 'plain **bold**'],
  [
    'an address that shows itself',
    '<b>x</b> <a href="https://a.example/b_c">https://a.example/b_c</a>',
    '**x** https://a.example/b_c',
  ],
  ['signs that nobody meant', '<b>x</b> 2 * 3 * 4, a_b, _c_ [d]', '**x** 2 \\* 3 \\* 4, a_b, \\_c\\_ \\[d\\]'],
]

test('lists, headings, code, quotes and links of other programs come as markdown', async () => {
  const { field } = await write()
  for (const [, html, markdown] of PASTED) {
    await field.fill('')
    await paste(field, { 'text/plain': 'plain', 'text/html': html })
    await value(field, markdown)
  }
})

test('a file that is pasted is turned away in a sentence', async () => {
  const { page, field } = await write()
  await field.evaluate((element) => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['x'], 'cake.png', { type: 'image/png' }))
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await page.getByRole('alert').getByText('Files cannot be sent here.').waitFor()
  await field.pressSequentially('x')
  await page.getByText('Files cannot be sent here.').waitFor({ state: 'hidden' })
})

test('Ctrl+B and Ctrl+I wrap what is selected, Ctrl+Z takes it back', async () => {
  const { field } = await write()
  await field.pressSequentially('cake')
  await field.press('Control+a')
  await field.press('Control+b')
  await value(field, '**cake**')
  await field.press('Control+i')
  await value(field, '***cake***')
  await field.press('Control+z')
  await field.press('Control+z')
  await value(field, 'cake')
})

test('what is too long says by how much before it is sent, and is not sent', async () => {
  const { page, field } = await write()
  await field.fill('ä'.repeat(MOST_BYTES / 2 - 10))
  await page.getByText('Room for about 20 more characters').waitFor()
  await field.pressSequentially('ä'.repeat(13))
  await page.getByText('Too long: 3 characters have to go').waitFor()
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  await field.press('Enter')
  for (let times = 0; times < 3; times++) await field.press('Backspace')
  await page.getByText('Room for about 0 more characters').waitFor()
  await field.press('Enter')
  await hears(listener, 'ä'.repeat(MOST_BYTES / 2))
})

test('in German it is German', async () => {
  const { page, field } = await write({ locale: 'de-AT' })
  await field.fill('x'.repeat(MOST_BYTES + 1))
  await page.getByText('Zu lang: 1 Zeichen muss weg').waitFor()
  await field.fill('Fertig ')
  await page.getByRole('button', { name: 'Emoji einfügen' }).click()
  await page.getByRole('searchbox', { name: 'Emoji suchen' }).fill('konfetti')
  await page.getByRole('button', { name: 'Konfettibombe' }).waitFor()
  await page.keyboard.press('Enter')
  await value(field, 'Fertig 🎉')
  await field.pressSequentially(' :rocket')
  await page.getByRole('option', { name: 'rocket' }).waitFor()
  await field.press('Tab')
  await value(field, 'Fertig 🎉 🚀 ')
  await page.getByRole('button', { name: 'Senden' }).click()
  await hears(listener, 'Fertig 🎉 🚀')
})

test('without a network one writes and sends on, and it arrives', async () => {
  const { page, field } = await write()
  await page.context().setOffline(true)
  await field.pressSequentially('written in the tunnel')
  await field.press('Enter')
  await value(field, '')
  await page.context().setOffline(false)
  await hears(listener, 'written in the tunnel')
  windows.at(-1)?.faults.splice(0) // The browser logs that it had no network.
})

test('others see that one types, and that one has stopped', async () => {
  await saidByCustomer('Who is there?')
  const { page, field } = await write()
  await page.locator('.timeline').getByText('Who is there?').waitFor() // Before it is live, nobody can be told.
  await field.pressSequentially('hm')
  await until(listener, 'typing', ({ timeline }) => timeline.typing.includes(SCRUM_MASTER))
  await field.fill('')
  await until(listener, 'quiet', ({ timeline }) => !timeline.typing.includes(SCRUM_MASTER))
})

test('all of it works inside a shadow root', async () => {
  const { page, field } = await write()
  await page.evaluate(() => {
    const app = document.querySelectorAll('#app')
    const host = Object.assign(document.createElement('div'), { id: 'app' })
    document.body.append(host)
    const links = [...document.querySelectorAll('link[rel=stylesheet]')].map((link) => link.cloneNode())
    host.attachShadow({ mode: 'open' }).append(...links, ...app)
  })
  await field.pressSequentially('Hi @ka')
  await page.getByRole('option', { name: 'Käthe Grüßmehl' }).click()
  await page.getByRole('button', { name: 'Insert an emoji' }).click()
  await page.getByRole('searchbox', { name: 'Find an emoji' }).fill('rocket')
  await page.getByRole('button', { name: 'rocket', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await field.pressSequentially('!')
  await field.press('Enter')
  await hears(listener, 'Hi @Käthe Grüßmehl 🚀!')
})

test('whoever is no member any more is told so, and the draft stays', async () => {
  const { page, field } = await write()
  await openRoom(page, RAILWAY)
  await field.fill('not said yet')
  // The page would ask which rooms there are, and take this one away; where that is not answered, the room still says it.
  const isForList = (body: string | null) => !body?.includes('monitor_id')
  await page.route('**/tickets', (asked) => (isForList(asked.request().postData()) ? asked.abort() : asked.continue()))
  await propromo.leave(SCRUM_MASTER, RAILWAY)
  await server.stop()
  await server.restart()
  await page.getByRole('alert').getByText('You are no longer a member of this chat').waitFor()
  expect(await field.isDisabled()).toBe(true)
  expect(await field.inputValue()).toBe('not said yet')
  windows.at(-1)?.faults.splice(0) // The browser logs that the server was away.
})

/** The page knows it as a message of the room. */
function isStored(page: Page, text: string): Promise<void> {
  return page.locator('article[data-id]').filter({ hasText: text }).waitFor()
}

async function saidByCustomer(text: string) {
  await listener.send(text).settled
  const { timeline } = await hears(listener, text)
  const message = messagesIn(timeline).findLast((said) => said.text === text)
  if (!message) throw new Error('unreachable: it was heard')
  return { message }
}
