// Which emoji somebody uses, and in which skin tone: kept in this browser.
import { signal } from '@preact/signals'
import { fieldsOf, keep, kept } from '../state/kept.ts'
import { TONES, type Tone } from './tones.ts'

interface Habits {
  /** Latest first, as they were picked. */
  readonly recent: readonly string[]
  readonly tone: Tone
}

const NAME = 'emoji'
const MOST_RECENT = 27
const LONGEST_EMOJI = 32

export const habits = signal<Habits>(kept(NAME, parse))

export function notePicked(emoji: string): void {
  const others = habits.value.recent.filter((other) => other !== emoji)
  keepHabits({ recent: [emoji, ...others].slice(0, MOST_RECENT) })
}

export function chooseTone(tone: Tone): void {
  keepHabits({ tone })
}

/** For whoever signs in next. */
export function forgetHabits(): void {
  keep(NAME, undefined)
  habits.value = kept(NAME, parse)
}

function keepHabits(changes: Partial<Habits>): void {
  habits.value = { ...habits.value, ...changes }
  keep(NAME, habits.value)
}

function parse(value: unknown): Habits {
  const { recent, tone } = fieldsOf(value)
  const picked = Array.isArray(recent) ? recent.filter((emoji) => typeof emoji === 'string') : []
  return {
    recent: picked.filter((emoji) => emoji.length <= LONGEST_EMOJI).slice(0, MOST_RECENT),
    tone: TONES.find((known) => known === tone) ?? 0,
  }
}
