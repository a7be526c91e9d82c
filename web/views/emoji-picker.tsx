// All emoji, by group and by name, in the language of the page.
import './emoji-picker.css'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { type Emoji, emojiIn, foundBy } from '../emoji/emoji.ts'
import { habits, notePicked } from '../emoji/habits.ts'
import { language } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'
import { EmojiGrid, inTone } from './emoji-grid.tsx'
import { EmojiTabs, GROUP_NAMES, RECENT } from './emoji-tabs.tsx'
import { useGoingAway, usePlace } from './opened.ts'
import { ToneChoice } from './tone-choice.tsx'

const words = spoken(
  {
    name: 'Choose an emoji',
    search: 'Find an emoji',
    none: 'No emoji is called that.',
    failed: 'The emoji could not be loaded.',
    again: 'Try again',
  },
  {
    name: 'Emoji auswählen',
    search: 'Emoji suchen',
    none: 'Kein Emoji heißt so.',
    failed: 'Die Emojis konnten nicht geladen werden.',
    again: 'Noch einmal versuchen',
  },
)

const MOST_FOUND = 90

export interface EmojiPickerProps {
  /** Called with one emoji, such as 👍. */
  readonly onPick: (emoji: string) => void
  /** Called when it wants to be gone: after a pick, at Escape, at a press beside it. */
  readonly onClose: () => void
}

export function EmojiPicker({ onPick, onClose }: EmojiPickerProps) {
  const said = words.value
  const panel = useRef<HTMLDivElement>(null)
  const { all, failed, again } = useTable()
  const [group, setGroup] = useState(habits.peek().recent.length > 0 ? RECENT : 0)
  const [query, setQuery] = useState('')
  const shown = query.trim() === '' ? inGroup(group, all) : foundBy(query, all).slice(0, MOST_FOUND)
  const ids = { panel: useId() }
  usePlace(panel)
  useGoingAway(panel, onClose)
  const pick = (emoji: Emoji) => {
    const picked = inTone(emoji)
    notePicked(emoji.emoji)
    onPick(picked)
    onClose()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    onClose()
  }
  return (
    <div ref={panel} class="emoji-picker" role="dialog" aria-label={said.name} popover="manual" onKeyDown={press}>
      <div class="emoji-picker-head">
        <input
          type="search"
          value={query}
          placeholder={said.search}
          aria-label={said.search}
          autocomplete="off"
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.isComposing) {
              event.preventDefault()
              if (shown[0] && query.trim() !== '') pick(shown[0])
            } else if (event.key === 'ArrowDown') {
              event.preventDefault()
              panel.current?.querySelector<HTMLElement>('.emoji-grid [tabindex="0"]')?.focus()
            }
          }}
        />
        <ToneChoice />
      </div>
      {query.trim() === '' && <EmojiTabs chosen={group} onChoose={setGroup} ids={ids} />}
      {failed ? (
        <div class="emoji-picker-word" role="alert">
          <p>{said.failed}</p>
          <button type="button" class="second" onClick={again}>
            {said.again}
          </button>
        </div>
      ) : (
        <EmojiGrid
          key={query.trim() === '' ? String(group) : 'found'}
          emoji={shown}
          onPick={pick}
          name={query.trim() === '' ? (GROUP_NAMES.value[group] ?? '') : said.search}
          ids={query.trim() === '' ? ids : null}
        />
      )}
      <p class="emoji-picker-word quiet" role="status" hidden={all.length === 0 || shown.length > 0}>
        {all.length > 0 && shown.length === 0 && said.none}
      </p>
    </div>
  )
}

function inGroup(group: number, all: readonly Emoji[]): readonly Emoji[] {
  if (group !== RECENT) return all.filter((emoji) => emoji.group === group)
  return habits.value.recent.flatMap((recent) => all.find(({ emoji }) => emoji === recent) ?? [])
}

function useTable(): { readonly all: readonly Emoji[]; readonly failed: boolean; readonly again: () => void } {
  const [all, setAll] = useState<readonly Emoji[]>([])
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const spoken = language.value
  useEffect(() => {
    let isWanted = true
    setFailed(false)
    emojiIn(spoken).then(
      (table) => isWanted && setAll(table),
      () => isWanted && setFailed(true),
    )
    return () => {
      isWanted = false
    }
  }, [spoken, attempt])
  return { all, failed, again: () => setAttempt(attempt + 1) }
}
