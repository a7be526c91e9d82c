// What has really been seen: in sight, on a page that is looked at.

import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { VirtualizerHandle } from 'virtua'
import type { Passage } from '../state/passage.ts'
import type { Run } from '../state/runs.ts'
import type { Row } from '../state/timeline-rows.ts'

export class Reading {
  readonly isAtEnd = signal(true)
  readonly #passage: Passage

  constructor(passage: Passage) {
    this.#passage = passage
  }

  /** `offset` is how far one has scrolled among the rows, in pixels. */
  look(list: VirtualizerHandle, rows: readonly Row[], run: Run, offset: number, isAtEnd: boolean): void {
    this.isAtEnd.value = isAtEnd && run.isNewest
    if (!isLookedAt()) return
    const end = offset + list.viewportSize
    if (this.isAtEnd.value) this.#passage.store.room.read(run.upto)
    else {
      const seen = lastSeen(list, rows, end)
      if (seen !== null) this.#passage.store.room.read(Number(seen))
    }
  }

  /** Looks again whenever somebody comes back to the page; gives back what ends that. */
  follow(look: () => void): () => void {
    addEventListener('focus', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      removeEventListener('focus', look)
      document.removeEventListener('visibilitychange', look)
    }
  }
}

export function useReading(passage: Passage): Reading {
  return useMemo(() => new Reading(passage), [passage])
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

/** The last message whose end is in sight. */
function lastSeen(list: VirtualizerHandle, rows: readonly Row[], end: number): string | null {
  for (let index = list.findItemIndex(end); index >= 0; index -= 1) {
    const row = rows[index]
    if (row?.type === 'message' && list.getItemOffset(index) + list.getItemSize(index) <= end + 4) return row.key
    if (index < list.findItemIndex(end) - 40) return null
  }
  return null
}
