// The few things that one does most, beside the message that the pointer or the keyboard is at.
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'
import type { Actions } from './message-actions.ts'

const words = spoken(
  { more: 'More', react: (emoji: string) => `React with ${emoji}` },
  { more: 'Mehr', react: (emoji) => `Mit ${emoji} reagieren` },
)
const QUICK = '👍'

export interface MessageToolbarProps {
  readonly actions: Actions
  readonly onMore: () => void
}

/** Reached by pointing; with the keyboard, Enter at the message opens everything. */
export function MessageToolbar({ actions, onMore }: MessageToolbarProps) {
  const { reply } = actions
  return (
    <div class="message-toolbar">
      <button
        type="button"
        class="icon"
        aria-label={words.value.react(QUICK)}
        title={words.value.react(QUICK)}
        tabIndex={-1}
        onClick={() => actions.react(QUICK)}
      >
        {QUICK}
      </button>
      <button type="button" class="icon" aria-label={reply.name} title={reply.name} tabIndex={-1} onClick={reply.run}>
        <Glyph name={reply.glyph} />
      </button>
      <button
        type="button"
        class="icon"
        aria-label={words.value.more}
        title={words.value.more}
        aria-haspopup="menu"
        tabIndex={-1}
        onClick={onMore}
      >
        <Glyph name="more" />
      </button>
    </div>
  )
}
