// What was said, oldest first: opens where one left off, and goes wherever one wants.
import './timeline.css'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Passage } from '../state/passage.ts'
import type { RoomStore } from '../state/room.ts'
import { spoken } from '../words/spoken.ts'
import { type Announced, Announcer } from './announcer.tsx'
import { toMessages } from './hand-on.ts'
import { Here } from './here.ts'
import { MessageList } from './message-list.tsx'
import { Skeleton } from './skeleton.tsx'
import { TypingLine } from './typing-line.tsx'

const words = spoken(
  {
    empty: 'Nothing was said yet.',
    emptyHint: 'Whatever you write here is kept, and everyone who follows this monitor can read it.',
    missing: 'This message is not there any more.',
    dismiss: 'All right',
    failed: 'The messages could not be loaded.',
    again: 'Try again',
  },
  {
    empty: 'Noch wurde nichts gesagt.',
    emptyHint: 'Was Sie hier schreiben, bleibt erhalten, und alle, die diesem Monitor folgen, können es lesen.',
    missing: 'Diese Nachricht gibt es nicht mehr.',
    dismiss: 'In Ordnung',
    failed: 'Die Nachrichten konnten nicht geladen werden.',
    again: 'Noch einmal versuchen',
  },
)

export interface TimelineProps {
  readonly store: RoomStore
  /** The address of a message, for a link to it; without it, none is offered. */
  readonly link?: (message: string) => string
}

export function Timeline({ store, link }: TimelineProps) {
  const passage = useMemo(() => new Passage(store), [store])
  const [outcome, setOutcome] = useState<Announced>({ text: '' })
  useEffect(() => passage.follow(), [passage])
  useEffect(() => whenLeaving(passage), [passage])
  const here = useMemo(() => ({ passage, link, announce: (text: string) => setOutcome({ text }) }), [passage, link])
  return (
    <Here.Provider value={here}>
      <div class="timeline" data-stale={store.offlineSince.value !== null}>
        <Content passage={passage} />
        <Notice passage={passage} />
        <TypingLine store={store} />
        <Announcer store={store} outcome={outcome} />
      </div>
    </Here.Provider>
  )
}

function Content({ passage }: { readonly passage: Passage }) {
  const run = passage.run.value
  const rows = passage.rows.value
  if (rows.length > 0 && run) return <MessageList passage={passage} run={run} rows={rows} />
  if (passage.isEmpty.value) {
    return (
      <div class="timeline-empty">
        <p class="timeline-empty-word">{words.value.empty}</p>
        <p class="quiet">{words.value.emptyHint}</p>
      </div>
    )
  }
  return <Skeleton />
}

/** What came of a jump. What is wrong with a page stands where the page would be. */
function Notice({ passage }: { readonly passage: Passage }) {
  const said = words.value
  const failed = passage.paging.hasFailed('jump')
  const again = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    toMessages(event)
    passage.paging.tryAgain('jump')
  }
  const dismiss = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    toMessages(event)
    passage.missing.value = false
  }
  return (
    <div class="timeline-notice" role="status" hidden={!failed && !passage.missing.value}>
      {failed ? (
        <>
          <span>{said.failed}</span>
          <button type="button" class="plain" onClick={again}>
            {said.again}
          </button>
        </>
      ) : (
        passage.missing.value && (
          <>
            <span>{said.missing}</span>
            <button type="button" class="plain" onClick={dismiss}>
              {said.dismiss}
            </button>
          </>
        )
      )}
    </div>
  )
}

function whenLeaving(passage: Passage): () => void {
  const carryOut = () => passage.deletions.carryOutAll()
  const lookAway = () => passage.lookAway()
  // A phone may end a page that is not seen without another word.
  const hide = () => {
    if (document.visibilityState === 'hidden') carryOut()
  }
  addEventListener('pagehide', carryOut)
  document.addEventListener('visibilitychange', hide)
  addEventListener('blur', lookAway)
  return () => {
    removeEventListener('pagehide', carryOut)
    document.removeEventListener('visibilitychange', hide)
    removeEventListener('blur', lookAway)
  }
}
