// What keys do while one writes: send, break the line, leave, edit the last, format.
import { settings } from '../state/settings.ts'
import type { Writing } from '../state/writing.ts'
import { type Format, formatted } from '../text/wrapping.ts'
import { IS_APPLE, replaceIn, typesOnGlass } from './field.ts'

const FORMATS = new Map<string, Format>([
  ['b', 'bold'],
  ['i', 'italic'],
  ['k', 'link'],
])

/** What the key does in the field, beyond what the browser does; `isNew` where nothing is answered or edited. */
export function pressed(event: KeyboardEvent, writing: Writing, isNew: boolean, submit: () => void): void {
  const field = event.currentTarget
  if (!(field instanceof HTMLTextAreaElement)) return
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
  const format = formatOf(event)
  if (event.key === 'Enter' && sends(event)) submit()
  else if (event.key === 'Escape' && isPlain && !isNew) writing.leave()
  else if (event.key === 'ArrowUp' && isPlain && isNew && field.value === '' && writing.editLast()) field.focus()
  else if (format) applyTo(field, format)
  else return
  event.preventDefault()
  event.stopPropagation()
}

function applyTo(field: HTMLTextAreaElement, format: Format): void {
  const { from, to, by, select } = formatted(field.value, field.selectionStart, field.selectionEnd, format)
  replaceIn(field, from, to, by)
  field.setSelectionRange(...select)
}

/** Ctrl+Enter always sends; Enter alone where it was chosen so, and where Shift can be held to break a line. */
function sends({ ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  if (shiftKey || altKey) return false
  return ctrlKey || metaKey || (settings.value.enterSends && !typesOnGlass())
}

function formatOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): Format | undefined {
  if (altKey || shiftKey || (IS_APPLE ? ctrlKey || !metaKey : metaKey || !ctrlKey)) return undefined
  return FORMATS.get(key.toLowerCase())
}
