// Formatting by keys. In the texts, [ and ] stand around the selection, < and > around the one afterwards.
import { expect, test } from 'bun:test'
import { type Format, formatted } from './wrapping.ts'

function after(marked: string, format: Format): string {
  const from = marked.indexOf('[')
  const to = marked.indexOf(']') - 1
  const text = marked.replace('[', '').replace(']', '')
  const done = formatted(text, from, to, format)
  const result = text.slice(0, done.from) + done.by + text.slice(done.to)
  const [start, end] = done.select
  return `${result.slice(0, start)}<${result.slice(start, end)}>${result.slice(end)}`
}

test('bold and italic go around what is selected, and leave the white space outside', () => {
  expect(after('a [cake] b', 'bold')).toBe('a **<cake>** b')
  expect(after('a [cake ]b', 'italic')).toBe('a *<cake>* b')
  expect(after('[]', 'bold')).toBe('**<>**')
})

test('doing it twice undoes it, and bold is not twice italic', () => {
  expect(after('a **[cake]** b', 'bold')).toBe('a <cake> b')
  expect(after('*[cake]*', 'italic')).toBe('<cake>')
  expect(after('**[cake]**', 'italic')).toBe('***<cake>***')
  expect(after('***[cake]***', 'bold')).toBe('*<cake>*')
})

test('a link asks for what is missing: the address, or the words', () => {
  expect(after('see [this]', 'link')).toBe('see [this](<https://>)')
  expect(after('see [https://example.com]', 'link')).toBe('see [<>](https://example.com)')
  expect(after('see []', 'link')).toBe('see [<>](https://)')
})
