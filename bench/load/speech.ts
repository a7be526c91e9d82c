// What one speaker says, as a frame made once: for each message only the number in it is written anew.
import type { Dialect } from './dialects.ts'
import { clientFrame, OPCODE } from './frames.ts'
import { DIGITS, textOf } from './roll.ts'

const BLANK = 'N'.repeat(DIGITS)

export class Speech {
  readonly #frame: Uint8Array
  readonly #places: readonly number[]

  constructor(dialect: Dialect, speaker: number, textLength: number) {
    const text = dialect.say(`${speaker}.${BLANK}`, textOf(speaker, BLANK, textLength))
    this.#frame = clientFrame(OPCODE.text, new TextEncoder().encode(text))
    const header = this.#frame.length - text.length
    this.#places = [...text.matchAll(new RegExp(BLANK, 'g'))].map(({ index }) => header + index)
  }

  /** Good until the next one is asked for. */
  frame(number: number): Uint8Array {
    for (const place of this.#places) {
      let rest = number
      for (let at = place + DIGITS - 1; at >= place; at--) {
        this.#frame[at] = 48 + (rest % 10)
        rest = Math.floor(rest / 10)
      }
    }
    return this.#frame
  }
}
