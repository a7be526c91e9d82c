// The roll notices what a bench must not overlook: a message lost, doubled, or out of order.
import { expect, test } from 'bun:test'
import { DIALECTS } from './dialects.ts'
import { OPCODE } from './frames.ts'
import { Roll, textOf } from './roll.ts'
import { Speech } from './speech.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function event(offset: number, speaker: number, number: number): Uint8Array {
  const text = textOf(speaker, String(number).padStart(7, '0'), 40)
  return bytesOf(`{"type":"message","offset":${offset},"at":"2026-05-04T09:30:00.123Z","by":"a@b","text":"${text}"}`)
}

/** One receiver, one speaker who has said three. */
function after(...heard: readonly (readonly [offset: number, number: number])[]) {
  const roll = new Roll(1, 1, DIALECTS.v1.numberAfter)
  for (const [offset, number] of heard) roll.take(0, event(offset, 0, number), 0, event(offset, 0, number).length)
  return roll.faults(() => 3, roll.deliveries)
}

test('everything once and in order is no fault', () => {
  expect(after([1, 0], [2, 1], [3, 2])).toEqual({ lost: 0, doubled: 0, outOfOrder: 0 })
})

test('offsets of two and more digits are read whole', () => {
  expect(after([9, 0], [10, 1], [11, 2])).toEqual({ lost: 0, doubled: 0, outOfOrder: 0 })
})

test('a message that does not come is lost, the last one too', () => {
  expect(after([1, 0], [2, 1]).lost).toBe(1)
  expect(after([1, 0], [3, 2])).toMatchObject({ lost: 1, doubled: 0 })
})

test('a message that comes twice is doubled, and hides no loss', () => {
  expect(after([1, 0], [1, 0], [2, 1])).toMatchObject({ lost: 1, doubled: 1 })
})

test('messages that change places are out of order', () => {
  expect(after([2, 1], [1, 0], [3, 2]).outOfOrder).toBeGreaterThan(0)
})

test('a hole between the offsets is a fault even if every text came', () => {
  expect(after([1, 0], [2, 1], [4, 2]).outOfOrder).toBe(1)
})

test('frames that carry no message are not counted', () => {
  const roll = new Roll(1, 1, DIALECTS.v1.numberAfter)
  const presence = bytesOf('{"type":"presence","email":"a@b","online":true}')
  expect(roll.take(0, presence, 0, presence.length)).toBe(false)
  expect(roll.deliveries).toBe(0)
})

test('what a speaker says carries their number in every dialect', () => {
  for (const dialect of Object.values(DIALECTS)) {
    const roll = new Roll(1, 4, null)
    const frame = new Speech(dialect, 3, 64).frame(1_234_567)
    expect(frame[0]).toBe(0x80 | OPCODE.text)
    expect(roll.take(0, frame, 8, frame.length)).toBe(true)
    expect([roll.speaker, roll.number]).toEqual([3, 1_234_567])
  }
})
