// Emoji in rows: one of them can be reached with Tab, the others from there with the arrows.
import type { TargetedKeyboardEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Emoji } from '../emoji/emoji.ts'
import { habits } from '../emoji/habits.ts'
import { toned } from '../emoji/tones.ts'
import { stepFrom } from './grid-keys.ts'

export interface EmojiGridProps {
  readonly emoji: readonly Emoji[]
  readonly onPick: (emoji: Emoji) => void
  readonly name: string
  /** Of the tab that it belongs to; none where it was searched for. */
  readonly ids: { readonly panel: string } | null
}

export function EmojiGrid({ emoji, onPick, name, ids }: EmojiGridProps) {
  const [at, setAt] = useState(0)
  const reachable = Math.min(at, emoji.length - 1)
  const press = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const buttons = [...event.currentTarget.querySelectorAll('button')]
    const next = stepFrom(reachable, event, buttons)
    if (next === null) return
    event.preventDefault()
    setAt(next)
    buttons[next]?.focus()
  }
  const inside = {
    class: 'emoji-grid',
    'aria-label': name,
    onKeyDown: press,
    children: emoji.map((each, place) => (
      <button
        key={each.emoji}
        type="button"
        class="plain"
        aria-label={each.name}
        title={each.name}
        tabIndex={place === reachable ? 0 : -1}
        onFocus={() => setAt(place)}
        onClick={() => onPick(each)}
      >
        {inTone(each)}
      </button>
    )),
  }
  return ids ? <div {...inside} role="tabpanel" id={ids.panel} /> : <section {...inside} />
}

/** In the skin tone that somebody has chosen. */
export function inTone({ emoji, takesTone }: Emoji): string {
  return takesTone ? toned(emoji, habits.value.tone) : emoji
}
