// What a person has chosen, kept in this browser: language, colours, keys, sound, and what to be told of.
import { computed, effect, signal } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'
import { fieldsOf, keep, kept, onKept } from './kept.ts'

export type Language = 'en' | 'de'
export type Theme = 'light' | 'dark'
export type Notify = 'all' | 'mentions' | 'none'

export interface Settings {
  /** `null` goes by the browser. */
  readonly language: Language | null
  /** `null` goes by the system. */
  readonly theme: Theme | null
  /** Whether Enter sends, and Shift+Enter breaks the line; otherwise Ctrl+Enter sends. */
  readonly enterSends: boolean
  /** Whether keys that mean something anywhere may do so without another one held. */
  readonly singleKeys: boolean
  readonly sound: boolean
  /** Whether somebody was asked already if they want to be told of messages; nobody is asked twice. */
  readonly offered: boolean
  /** By room; `all` where nothing is said. */
  readonly notify: Readonly<Record<RoomId, Notify>>
}

const NAME = 'settings'

export const settings = signal<Settings>(kept(NAME, parse))

/** The language that the page speaks. */
export const language = computed<Language>(() => settings.value.language ?? browserLanguage())

/** The same with the region that the browser names for it, which decides how a clock and a date look. */
export const locale = computed(
  () => navigator.languages.find((name) => name.startsWith(language.value)) ?? language.value,
)

export function choose(changes: Partial<Settings>): void {
  settings.value = { ...settings.value, ...changes }
  keep(NAME, settings.value)
}

export function notifyIn(room: RoomId): Notify {
  return Object.hasOwn(settings.value.notify, room) ? (settings.value.notify[room] ?? 'all') : 'all'
}

/** Other tabs follow, and the document says what it speaks and how it looks. */
export function applySettings(): void {
  onKept(NAME, () => {
    settings.value = kept(NAME, parse)
  })
  effect(() => {
    const root = document.documentElement
    root.lang = language.value
    if (settings.value.theme) root.dataset['theme'] = settings.value.theme
    else delete root.dataset['theme']
  })
}

function parse(value: unknown): Settings {
  const { language, theme, enterSends, singleKeys, sound, offered, notify } = fieldsOf(value)
  const levels = Object.entries(fieldsOf(notify)).filter((entry): entry is [string, Notify] => isNotify(entry[1]))
  return {
    language: language === 'en' || language === 'de' ? language : null,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    enterSends: enterSends !== false,
    singleKeys: singleKeys !== false,
    sound: sound === true,
    offered: offered === true,
    notify: Object.fromEntries(levels),
  }
}

function isNotify(value: unknown): value is Notify {
  return value === 'all' || value === 'mentions' || value === 'none'
}

function browserLanguage(): Language {
  const known = navigator.languages.map((name) => name.toLowerCase().split('-')[0])
  return known.find((name): name is Language => name === 'de' || name === 'en') ?? 'en'
}
