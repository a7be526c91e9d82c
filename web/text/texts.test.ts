// Texts that want to be mistaken, and texts that are only unusual.
import { expect, test } from 'bun:test'
import { neutral } from './controls.ts'
import { isEmojiOnly } from './emoji-only.ts'
import { linkTo } from './links.ts'
import { mentionsIn } from './mentions.ts'

test('control and override characters are seen, and change nothing around them', () => {
  expect(neutral('a\u202etxt.exe')).toBe('a\u{fffd}txt.exe')
  expect(neutral('a\u0007b\u0000')).toBe('a␇b␀')
  expect(neutral('\u007f\u009b31m')).toBe('␡\u{fffd}31m')
  expect(neutral('one\r\ntwo\rthree\u2028four\tfive')).toBe('one\ntwo\nthree\nfour\tfive')
  for (let code = 0x2066; code <= 0x2069; code += 1) expect(neutral(String.fromCharCode(code))).toBe('\u{fffd}')
})

test('right-to-left text and joined emoji stay as they are', () => {
  for (const text of ['سؤال آخر', 'שלום', '👩‍👩‍👧', 'é', 'नमस्ते']) expect(neutral(text)).toBe(text)
})

const DANGEROUS = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.com/1',
  'about:blank',
  '//example.com/without-scheme',
  'not an address',
  'http://',
]

for (const href of DANGEROUS) {
  test(`is no link: ${JSON.stringify(href)}`, () => {
    expect(linkTo(href, 'click')).toBeNull()
  })
}

test('a link whose text is its address, or a word, needs nothing beside it', () => {
  expect(linkTo('https://example.com/a?b=1', 'https://example.com/a?b=1')).toEqual({
    href: 'https://example.com/a?b=1',
  })
  expect(linkTo('http://www.example.com', 'www.example.com')).toEqual({ href: 'http://www.example.com/' })
  expect(linkTo('https://example.com/', 'the plan')).toEqual({ href: 'https://example.com/' })
  expect(linkTo('mailto:anna@example.com', 'anna@example.com')).toEqual({ href: 'mailto:anna@example.com' })
})

const DISGUISED: readonly (readonly [href: string, text: string, host: string])[] = [
  ['https://evil.example/', 'https://bank.example', 'evil.example'],
  ['https://evil.example/', 'bank.example/login', 'evil.example'],
  ['https://evil.example/', 'HTTPS://BANK.EXAMPLE', 'evil.example'],
  ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 'evil.example'],
  ['https://bаnk.example/', 'https://bаnk.example/', 'xn--bnk-6cd.example'],
  ['https://bаnk.example/', 'our bank', 'xn--bnk-6cd.example'],
  ['https://evil.example:8443/', 'bank.example', 'evil.example:8443'],
  ['mailto:evil@evil.example', 'anna@bank.example', 'evil@evil.example'],
]

for (const [href, text, host] of DISGUISED) {
  test(`says where it leads: ${text} -> ${href}`, () => {
    expect(linkTo(href, text)?.host).toBe(host)
  })
}

const PEOPLE = [
  { email: 'anna@example.com', name: 'Anna Berg' },
  { email: 'lee@example.com', name: 'Ann' },
]

test('people are called by name, by email and by its first part, the longest name first', () => {
  expect(mentionsIn('Hi @Anna Berg, and @ANN!', PEOPLE)).toEqual([
    { text: 'Hi ' },
    { text: '@Anna Berg', email: 'anna@example.com' },
    { text: ', and ' },
    { text: '@ANN', email: 'lee@example.com' },
    { text: '!' },
  ])
  expect(mentionsIn('@lee@example.com', PEOPLE)).toEqual([{ text: '@lee@example.com', email: 'lee@example.com' }])
  expect(mentionsIn('@anna', PEOPLE)).toEqual([{ text: '@anna', email: 'anna@example.com' }])
})

test('an address in the middle of a word, and the beginning of a longer one, call nobody', () => {
  for (const text of ['mail@Anna', '@Annabell', 'nobody @ all', '@'])
    expect(mentionsIn(text, PEOPLE)).toEqual([{ text }])
})

test('names with signs that mean something elsewhere are only names', () => {
  const odd = [{ email: 'x@example.com', name: '(.*)+$ <b>' }]
  expect(mentionsIn('@(.*)+$ <b> hi', odd)[0]).toEqual({ text: '@(.*)+$ <b>', email: 'x@example.com' })
  expect(mentionsIn('@(.*)+$ <b> hi', [{ email: '', name: '' }])).toEqual([{ text: '@(.*)+$ <b> hi' }])
})

test('one to three emoji alone are shown larger, and nothing else is', () => {
  for (const text of ['🥐', '🥐🥖', '👩‍👩‍👧 👍🏽 🇦🇹', '❤️', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']) expect(isEmojiOnly(text)).toBe(true)
  for (const text of ['', '🥐🥖🍞🥯', '🥐 yes', '123', 'a', '*', '©'.repeat(200)]) expect(isEmojiOnly(text)).toBe(false)
})
