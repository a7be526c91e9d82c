// Where the loaded messages end: at the beginning of the chat, at what is being loaded, or at what could not be.
import type { RefObject } from 'preact'
import type { Direction } from '../state/paging.ts'
import type { Passage } from '../state/passage.ts'
import type { Run } from '../state/runs.ts'
import { spoken } from '../words/spoken.ts'
import { toMessages } from './hand-on.ts'
import { Skeleton } from './skeleton.tsx'

const words = spoken(
  {
    beginning: 'Here the chat begins.',
    failed: 'The messages could not be loaded.',
    again: 'Try again',
  },
  {
    beginning: 'Hier beginnt der Chat.',
    failed: 'Die Nachrichten konnten nicht geladen werden.',
    again: 'Noch einmal versuchen',
  },
)

export interface TopEdgeProps {
  readonly edge: RefObject<HTMLDivElement | null>
  readonly passage: Passage
  readonly run: Run
}

/** Equally high while all goes well, so that nothing moves when a page has come. */
export function TopEdge({ edge, passage, run }: TopEdgeProps) {
  return (
    <div class="timeline-edge" ref={edge}>
      {run.after === 0 ? (
        <p class="quiet small">{words.value.beginning}</p>
      ) : (
        <Edge passage={passage} direction="older" />
      )}
    </div>
  )
}

export function BottomEdge({ passage, run }: { readonly passage: Passage; readonly run: Run }) {
  if (run.isNewest) return null
  return (
    <div class="timeline-edge">
      <Edge passage={passage} direction="newer" />
    </div>
  )
}

function Edge({ passage, direction }: { readonly passage: Passage; readonly direction: Direction }) {
  if (!passage.paging.hasFailed(direction)) return <Skeleton lines={1} />
  return (
    <p class="small" role="alert">
      {words.value.failed}{' '}
      <button
        type="button"
        class="plain"
        onClick={(event) => {
          toMessages(event)
          passage.paging.tryAgain(direction)
        }}
      >
        {words.value.again}
      </button>
    </p>
  )
}
