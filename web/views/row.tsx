// One row of the timeline.
import { memo } from 'preact/compat'
import type { Row } from '../state/timeline-rows.ts'
import { spoken } from '../words/spoken.ts'
import { DayDivider } from './day-divider.tsx'
import { EchoView } from './echo.tsx'
import { MessageView } from './message.tsx'
import type { WalkPlace } from './walk.ts'

const words = spoken({ unread: 'New messages' }, { unread: 'Neue Nachrichten' })

export interface RowProps {
  readonly row: Row
  readonly place: WalkPlace
  /** Whether Tab leads here. */
  readonly isStop: boolean
}

/** Painted again only when something about it has changed. */
export const RowView = memo(function RowView({ row, place, isStop }: RowProps) {
  switch (row.type) {
    case 'day':
      return <DayDivider row={row} place={place} isStop={isStop} />
    case 'unread':
      return (
        <p class="unread-divider">
          <span>{words.value.unread}</span>
        </p>
      )
    case 'message':
      return <MessageView row={row} place={place} isStop={isStop} />
    case 'echo':
      return <EchoView echo={row.echo} startsGroup={row.startsGroup} place={place} isStop={isStop} />
  }
})
