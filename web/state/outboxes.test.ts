// What a tab leaves behind is another's only when it is kept there, also where the browser has no more room.
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { kept, keptNames } from './kept.ts'
import { holdOutbox } from './outboxes.ts'

const ANNA = 'anna@example.com'
const ROOM = 'room'
const LEFT = { entries: ['what was written in a tab that is gone'] }

/** As much of a browser's `localStorage` as is asked of it, and with room for so many characters. */
class Storage {
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  getItem(name: string): unknown {
    return Object.entries(this).find(([other]) => other === name)?.[1] ?? null
  }

  setItem(name: string, text: string): void {
    const others = Object.entries(this).filter(([other]) => other !== name)
    if ([...others, [name, text]].flat().join('').length > this.#most) throw new Error('There is no more room')
    Reflect.set(this, name, text)
  }

  removeItem(name: string): void {
    Reflect.deleteProperty(this, name)
  }
}

const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')

beforeEach(() => {
  Object.defineProperty(globalThis, 'localStorage', { value: new Storage(400), configurable: true })
  const gone = holdOutbox(ANNA, ROOM, () => undefined)
  gone.keep(LEFT)
  gone.leave()
})

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'localStorage')
  if (before) Object.defineProperty(globalThis, 'localStorage', before)
})

test('what another has left is kept here, and no more there', () => {
  const there = keptNames('')
  holdOutbox(ANNA, ROOM, (saved) => saved).leave()
  expect(everything()).toEqual([LEFT])
  expect(keptNames('')).not.toEqual(there)
})

test('what cannot be kept here stays where it was left, until it can, or until it is sent', () => {
  for (const later of [LEFT, undefined]) {
    const own = { entries: ['x'.repeat(300)] }
    const here = holdOutbox(ANNA, ROOM, (saved) => [saved, own])
    expect(everything()).toEqual([LEFT])
    here.keep([LEFT, own])
    expect(everything()).toEqual([LEFT])
    here.keep(later)
    expect(everything()).toEqual(later ? [later] : [])
    here.leave()
  }
})

function everything(): readonly unknown[] {
  return keptNames('').map((name) => kept(name, (value) => value))
}
