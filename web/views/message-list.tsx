// The messages in sight, out of all that are loaded: only these are in the document.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Aim, Passage } from '../state/passage.ts'
import { overlap, type Run } from '../state/runs.ts'
import type { Row } from '../state/timeline-rows.ts'
import { spoken } from '../words/spoken.ts'
import { BottomEdge, TopEdge } from './edges.tsx'
import { useHeight } from './height.ts'
import { NewestButton } from './newest-button.tsx'
import { useReading } from './reading.ts'
import { RowView } from './row.tsx'
import { useWalk } from './walk.ts'

const words = spoken({ messages: 'Messages' }, { messages: 'Nachrichten' })

/** This near to an edge, in pixels, and what comes next is loaded. */
const NEAR = 1_200
/** The end counts as reached this much before it. */
const NEARLY = 24

export interface MessageListProps {
  readonly passage: Passage
  readonly run: Run
  readonly rows: readonly Row[]
}

export function MessageList({ passage, run, rows }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const top = useRef<HTMLDivElement>(null)
  const topHeight = useHeight(top)
  const { generation, isShift } = useChange(run)
  const sticks = useRef(false)
  const last = useRef({ top: 0, height: 0 })
  const aimed = useRef<Aim | null>(null)
  const walk = useWalk(list, rows)
  const reading = useReading(passage)

  const look = () => {
    const handle = list.current
    const box = scroller.current
    if (!handle || !box) return
    const below = box.scrollHeight - box.scrollTop - box.clientHeight
    if (box.scrollTop < NEAR) passage.older()
    if (below < NEAR) passage.newer()
    reading.look(handle, rows, run, box.scrollTop - (top.current?.offsetHeight ?? 0), below <= NEARLY)
  }
  const scrolled = () => {
    const box = scroller.current
    if (!box) return
    const isEnd = box.scrollHeight - box.scrollTop - box.clientHeight <= NEARLY
    // Only whoever scrolls back leaves the end: that messages come, or turn out longer or shorter, moves nobody away from it.
    const isBack = box.scrollTop < last.current.top && box.scrollHeight === last.current.height
    if (isEnd || isBack || !run.isNewest) sticks.current = isEnd && run.isNewest
    last.current = { top: box.scrollTop, height: box.scrollHeight }
    look()
  }
  const toEnd = () => list.current?.scrollToIndex(rows.length - 1, { align: 'end' })

  useLayoutEffect(() => {
    const aim = passage.aim.value
    if (!aim || aim === aimed.current) return
    const index =
      aim.to === 'end'
        ? rows.length - 1
        : rows.findIndex(({ key }) => key === (aim.to === 'unread' ? 'unread' : aim.id))
    if (index < 0) return
    aimed.current = aim
    sticks.current = aim.to === 'end'
    const align = aim.to === 'end' ? 'end' : aim.to === 'message' && aim.why === 'asked' ? 'center' : 'start'
    list.current?.scrollToIndex(index, { align, ...(align === 'start' && { offset: -16 }) })
    if (aim.to === 'message') walk.goTo(aim.id, aim.why === 'asked')
  }, [passage.aim.value, rows, generation])

  useLayoutEffect(() => {
    if (sticks.current && run.isNewest) toEnd()
  }, [rows])
  useEffect(look, [rows])
  useEffect(() => reading.follow(look))

  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the messages inside. */}
      <div class="timeline-scroller" ref={scroller} onKeyDown={walk.press}>
        <TopEdge edge={top} passage={passage} run={run} />
        <section aria-label={words.value.messages}>
          <Virtualizer
            key={generation}
            ref={list}
            scrollRef={scroller}
            startMargin={topHeight}
            data={rows}
            shift={isShift}
            bufferSize={400}
            keepMounted={walk.kept}
            as="ul"
            item="li"
            onScroll={scrolled}
            onResize={() => {
              if (sticks.current) toEnd()
              look()
            }}
          >
            {(row: Row) => <RowView key={row.key} row={row} place={walk.place} isStop={walk.stop === row.key} />}
          </Virtualizer>
        </section>
        <BottomEdge passage={passage} run={run} />
      </div>
      <NewestButton passage={passage} run={run} isAtEnd={reading.isAtEnd} />
    </>
  )
}

/** Another part of the room is another list; more of the same part, before what was there, moves nothing. */
function useChange(run: Run): { readonly generation: number; readonly isShift: boolean } {
  const before = useRef({ run, generation: 0 })
  const last = before.current
  const isSame = run.after === last.run.after || overlap(run, last.run)
  const generation = isSame ? last.generation : last.generation + 1
  before.current = { run, generation }
  return { generation, isShift: isSame && run.after < last.run.after }
}
