// Going through the messages with the keyboard: one of them can be reached with Tab, the others from there.
import { type Signal, signal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useMemo } from 'preact/hooks'
import type { VirtualizerHandle } from 'virtua'
import type { Row } from '../state/timeline-rows.ts'

/** Where the keyboard is, as every message sees it. */
export interface WalkPlace {
  /** The message at which one is; `null` before one went anywhere. */
  readonly at: Signal<string | null>
  /** The message that is to take the focus as soon as it is there. */
  readonly wanted: Signal<string | null>
  /** The message that is pointed out for a moment. */
  readonly lit: Signal<string | null>
}

export interface Walk {
  readonly place: WalkPlace
  /** The key of the row that Tab reaches. */
  readonly stop: string | null
  /** Rows that stay in the document, in sight or not: Tab and the focus need them. */
  readonly kept: readonly number[]
  readonly press: (event: KeyboardEvent) => void
  readonly goTo: (key: string, lights: boolean) => void
}

const LIT_MILLISECONDS = 2_500

export function useWalk(list: RefObject<VirtualizerHandle | null>, rows: readonly Row[]): Walk {
  const place = useMemo<WalkPlace>(() => ({ at: signal(null), wanted: signal(null), lit: signal(null) }), [])
  const at = place.at.value
  const found = at === null ? -1 : rows.findIndex(({ key }) => key === at)
  const stop = found >= 0 ? found : lastStop(rows, rows.length - 1)
  const goTo = (key: string) => {
    place.at.value = key
    place.wanted.value = key
  }
  return {
    place,
    stop: rows[stop]?.key ?? null,
    kept: stop < 0 ? [] : [stop],
    goTo: (key, lights) => {
      goTo(key)
      if (!lights) return
      place.lit.value = key
      setTimeout(() => {
        if (place.lit.peek() === key) place.lit.value = null
      }, LIT_MILLISECONDS)
    },
    press: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event)) return
      const next = stepFrom(stop, event.key, rows, list.current)
      if (next < 0) return
      event.preventDefault()
      list.current?.scrollToIndex(next, { align: 'nearest' })
      const row = rows[next]
      if (row) goTo(row.key)
    },
  }
}

/** Where a key leads; -1 for keys that lead nowhere. */
function stepFrom(from: number, key: string, rows: readonly Row[], list: VirtualizerHandle | null): number {
  switch (key) {
    case 'ArrowUp':
      return lastStop(rows, from - 1)
    case 'ArrowDown':
      return firstStop(rows, from + 1)
    case 'Home':
      // Its day may give way to an earlier message of the same day.
      return rows.findIndex(({ type }) => type === 'message' || type === 'echo')
    case 'End':
      return lastStop(rows, rows.length - 1)
    case 'PageUp':
    case 'PageDown':
      return list ? pageFrom(from, key === 'PageUp' ? -1 : 1, rows, list) : -1
    default:
      return -1
  }
}

function pageFrom(from: number, direction: 1 | -1, rows: readonly Row[], list: VirtualizerHandle): number {
  const index = list.findItemIndex(Math.max(0, list.getItemOffset(from) + direction * list.viewportSize * 0.9))
  if (direction < 0) return Math.max(firstStop(rows, Math.min(index, from - 1)), firstStop(rows, 0))
  const next = firstStop(rows, Math.max(index, from + 1))
  return next < 0 ? lastStop(rows, rows.length - 1) : next
}

function firstStop(rows: readonly Row[], from: number): number {
  for (let index = Math.max(0, from); index < rows.length; index += 1) if (isStop(rows[index])) return index
  return -1
}

function lastStop(rows: readonly Row[], from: number): number {
  for (let index = from; index >= 0; index -= 1) if (isStop(rows[index])) return index
  return -1
}

/** Days are on the way too: from there one goes to another day. */
function isStop(row: Row | undefined): boolean {
  return row !== undefined && row.type !== 'unread'
}

/** Whatever is opened over a message, or typed into, has keys of its own. */
function isBusy({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('[popover], input, textarea, select') !== null
}
