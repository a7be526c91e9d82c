// Who has heard what: every delivery is counted and checked for loss, doubles and order while the load runs.

/** Every text begins with this mark, the speaker's number in the room (one digit) and how many they have said before. */
const MARK = 35 // #
export const DIGITS = 7

export interface Faults {
  readonly lost: number
  readonly doubled: number
  readonly outOfOrder: number
}

/** `number` is given in all of its digits. */
export function textOf(speaker: number, number: string, length: number): string {
  const start = `#${speaker}:${number} `
  return start.padEnd(length, 'the bread of tomorrow is in the oven, and the shop opens at six ')
}

export class Roll {
  readonly #speakers: number
  /** The number that each receiver has to hear next of each speaker. */
  readonly #next: Int32Array
  /** The last number that the contestant itself gave, by receiver; 0 before the first. */
  readonly #last: Int32Array
  readonly #before: Uint8Array | null
  /** Where in a frame the mark was last time: mostly it is there again. */
  #usually = 0
  deliveries = 0
  #doubled = 0
  #outOfOrder = 0
  /** Of the frame that was taken last. */
  speaker = 0
  number = 0

  constructor(receivers: number, speakers: number, numberAfter: string | null) {
    if (speakers > 10) throw new Error('a room has at most ten speakers')
    this.#speakers = speakers
    this.#next = new Int32Array(receivers * speakers)
    this.#last = new Int32Array(receivers)
    this.#before = numberAfter === null ? null : new TextEncoder().encode(numberAfter)
  }

  /** Takes a frame; whether it was a message. */
  take(receiver: number, bytes: Uint8Array, from: number, to: number): boolean {
    const mark = this.#markIn(bytes, from, to)
    if (mark < 0) return false
    this.speaker = (bytes[mark + 1] ?? 0) - 48
    this.number = digits(bytes, mark + 3, mark + 3 + DIGITS)
    this.deliveries += 1
    const place = receiver * this.#speakers + this.speaker
    const expected = this.#next[place] ?? 0
    if (this.number === expected) this.#next[place] = expected + 1
    else if (this.number < expected) this.#doubled += 1
    else {
      this.#outOfOrder += 1
      this.#next[place] = this.number + 1
    }
    if (this.#before) this.#checkNumber(receiver, bytes, from, this.#before)
    return true
  }

  /** When everything has been said and heard; `said` by room and speaker, `roomOf` by receiver. */
  faults(said: (receiver: number, speaker: number) => number, heard: number): Faults {
    let owed = 0
    for (let place = 0; place < this.#next.length; place++) {
      owed += said(Math.floor(place / this.#speakers), place % this.#speakers)
    }
    return { lost: owed - (heard - this.#doubled), doubled: this.#doubled, outOfOrder: this.#outOfOrder }
  }

  #markIn(bytes: Uint8Array, from: number, to: number): number {
    const guess = from + this.#usually
    if (guess < to && bytes[guess] === MARK) return guess
    for (let at = from; at < to; at++) {
      if (bytes[at] !== MARK) continue
      this.#usually = at - from
      return at
    }
    return -1
  }

  /** The numbers of a room are dense: what comes is one more than what came. */
  #checkNumber(receiver: number, bytes: Uint8Array, from: number, before: Uint8Array): void {
    const start = from + before.length
    let end = start
    while ((bytes[end] ?? 0) >= 48 && (bytes[end] ?? 0) <= 57) end += 1
    const number = digits(bytes, start, end)
    const last = this.#last[receiver] ?? 0
    if (number !== last + 1 && last !== 0) this.#outOfOrder += 1
    this.#last[receiver] = number
  }
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] ?? 0) - 48
  return value
}
