// What the run was asked to do, from the command line.
import type { Store } from './town.ts'

export interface Options {
  readonly minutes: number
  readonly rooms: number
  readonly store: Store
}

/** Ten minutes are the run that the figures are about. */
export const WHOLE_MINUTES = 10
const MOST_MINUTES = 24 * 60

export function optionsIn(words: readonly string[]): Options {
  const asked: { minutes: number; rooms: number; store: Store } = { minutes: WHOLE_MINUTES, rooms: 40, store: 'redis' }
  for (let place = 0; place < words.length; place += 2) {
    const [name, value = ''] = [words[place], words[place + 1]]
    if (name === '--minutes' && Number(value) > 0 && Number(value) <= MOST_MINUTES) asked.minutes = Number(value)
    else if (name === '--rooms' && Number.isInteger(Number(value)) && Number(value) > 0) asked.rooms = Number(value)
    else if (name === '--store' && (value === 'redis' || value === 'sqlite')) asked.store = value
    else throw new Error(`Cannot run: ${name} ${value} is not one of --minutes 10, --rooms 40, --store redis|sqlite`)
  }
  return asked
}
