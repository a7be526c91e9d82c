// The way back to what was said last, and how much of it is new.
import type { ReadonlySignal } from '@preact/signals'
import type { Passage } from '../state/passage.ts'
import type { Run } from '../state/runs.ts'
import { counted, number, spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    newest: 'Jump to the newest message',
    fresh: (count: number) => counted(count, 'new message', 'new messages'),
    atLeast: (count: number) => `${number(count)}+ new messages`,
  },
  {
    newest: 'Zur neuesten Nachricht springen',
    fresh: (count) => counted(count, 'neue Nachricht', 'neue Nachrichten'),
    atLeast: (count) => `${number(count)}+ neue Nachrichten`,
  },
)

export interface NewestButtonProps {
  readonly passage: Passage
  readonly run: Run
  readonly isAtEnd: ReadonlySignal<boolean>
}

export function NewestButton({ passage, run, isAtEnd }: NewestButtonProps) {
  if (isAtEnd.value && run.isNewest) return null
  const said = words.value
  const { count, more: atLeast } = passage.store.unread.value
  return (
    <button
      type="button"
      class={count > 0 ? 'newest' : 'newest second'}
      aria-label={count > 0 ? undefined : said.newest}
      title={said.newest}
      onClick={() => passage.goToNewest()}
    >
      {count > 0 && (atLeast ? said.atLeast(count) : said.fresh(count))}
      <Glyph name="down" />
    </button>
  )
}
