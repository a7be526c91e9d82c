// The keys that work anywhere on the page. What a view does with a key itself, it keeps for itself by preventing the default.
import { dialog, finding } from '../state/dialog.ts'
import { current, rooms } from '../state/rooms.ts'
import { go, route } from '../state/route.ts'
import { settings } from '../state/settings.ts'
import { IS_APPLE } from './field.ts'

/** What works without another key held, and can be turned off. */
export const SINGLE_KEYS: readonly string[] = ['/', '?']

export function followKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || rooms.value.length === 0) return
    if (document.querySelector('dialog[open]')) return // It has the keyboard to itself.
    if (act(event)) event.preventDefault()
  })
}

/** Whether the key meant something. */
function act(event: KeyboardEvent): boolean {
  const { key, altKey, shiftKey } = event
  const command = event.ctrlKey || event.metaKey
  if (command && !altKey && !shiftKey && key.toLowerCase() === 'k') return find()
  if (altKey && !command && (key === 'ArrowUp' || key === 'ArrowDown')) {
    if (ownsArrows(event.target)) return false
    return walk(key === 'ArrowUp' ? -1 : 1, shiftKey)
  }
  if (command || altKey || isWriting(event.target)) return false
  if (key === 'Escape') return closePanel()
  if (!SINGLE_KEYS.includes(key) || !settings.value.singleKeys) return false
  if (key === '?') return open()
  return current.value ? search() : find()
}

function find(): boolean {
  finding.value += 1
  return true
}

function search(): boolean {
  go({ panel: 'search' })
  return true
}

function open(): boolean {
  dialog.value = 'keys'
  return true
}

function closePanel(): boolean {
  if (route.value.panel === null) return false
  go({ panel: null })
  return true
}

/** To the room above or below, round the ends; or to the next one with something unread. */
function walk(step: 1 | -1, unreadOnly: boolean): boolean {
  const list = rooms.value
  const at = list.findIndex(({ id }) => id === route.value.room)
  for (let far = 1; far <= list.length; far++) {
    const start = at === -1 && step === -1 ? 0 : at
    const store = list[(start + step * far + list.length * 2) % list.length]
    if (!store || (unreadOnly && store.unread.value.count === 0)) continue
    go({ room: store.id })
    break
  }
  return true
}

/** With Alt, an arrow opens a list of choices; and on a Mac it moves the caret by a paragraph. */
function ownsArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLSelectElement || (IS_APPLE && isWriting(target))
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
