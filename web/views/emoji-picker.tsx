// All emoji, by group and by name, in the language of the page.
import './emoji-picker.css'
import type { RefObject, TargetedKeyboardEvent } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Emoji, emojiIn, foundBy } from '../emoji/emoji.ts'
import { chooseTone, habits, notePicked } from '../emoji/habits.ts'
import { TONES, toned } from '../emoji/tones.ts'
import { language } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'
import { EmojiTabs, GROUP_NAMES, RECENT } from './emoji-tabs.tsx'
import { typesOnGlass } from './field.ts'
import { stepFrom } from './grid-keys.ts'
import { placeBeside } from './place-beside.ts'

const words = spoken(
  {
    name: 'Choose an emoji',
    search: 'Find an emoji',
    none: 'No emoji is called that.',
    failed: 'The emoji could not be loaded.',
    again: 'Try again',
    tones: ['No skin tone', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
    tone: 'Skin tone',
  },
  {
    name: 'Emoji auswählen',
    search: 'Emoji suchen',
    none: 'Kein Emoji heißt so.',
    failed: 'Die Emojis konnten nicht geladen werden.',
    again: 'Noch einmal versuchen',
    tones: ['Ohne Hautfarbe', 'Hell', 'Mittelhell', 'Mittel', 'Mitteldunkel', 'Dunkel'],
    tone: 'Hautfarbe',
  },
)

const HAND = '✋'
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

interface EmojiGridProps {
  readonly emoji: readonly Emoji[]
  readonly onPick: (emoji: Emoji) => void
  readonly name: string
  /** Of the tab that it belongs to; none where it was searched for. */
  readonly ids: { readonly panel: string } | null
}

/** One of them can be reached with Tab, the others from there with the arrows. */
function EmojiGrid({ emoji, onPick, name, ids }: EmojiGridProps) {
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

function ToneChoice() {
  const said = words.value
  return (
    <select
      class="emoji-tone"
      aria-label={said.tone}
      title={said.tone}
      value={String(habits.value.tone)}
      onChange={({ currentTarget }) => chooseTone(Number(currentTarget.value))}
    >
      {TONES.map((tone) => (
        <option key={tone} value={String(tone)} aria-label={said.tones[tone]}>
          {toned(HAND, tone)}
        </option>
      ))}
    </select>
  )
}

function inGroup(group: number, all: readonly Emoji[]): readonly Emoji[] {
  if (group !== RECENT) return all.filter((emoji) => emoji.group === group)
  return habits.value.recent.flatMap((recent) => all.find(({ emoji }) => emoji === recent) ?? [])
}

function inTone({ emoji, takesTone }: Emoji): string {
  return takesTone ? toned(emoji, habits.value.tone) : emoji
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

/** Over everything, near what opened it. */
function usePlace(panel: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = panel
    const anchor = current?.parentElement
    if (!current || !anchor) return
    current.showPopover?.()
    return placeBeside(current, anchor)
  }, [panel])
}

/** The focus comes in, and goes back to where it was; a press elsewhere closes. */
function useGoingAway(panel: RefObject<HTMLElement | null>, onClose: () => void): void {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const { current } = panel
    const root = current?.getRootNode()
    if (!current || !(root instanceof Document || root instanceof ShadowRoot)) return
    const before = root.activeElement
    // On a phone the field would bring the keyboard up, over the emoji.
    const first = typesOnGlass() ? current.querySelector<HTMLElement>('[role="tab"][tabindex="0"]') : null
    ;(first ?? current.querySelector('input'))?.focus()
    const pressed = (event: Event) => {
      const path = event.composedPath()
      if (current.parentElement && !path.includes(current.parentElement)) close.current()
    }
    const page = current.ownerDocument
    page.addEventListener('pointerdown', pressed)
    return () => {
      page.removeEventListener('pointerdown', pressed)
      const isElsewhere =
        root.activeElement !== null && root.activeElement !== page.body && root.activeElement.isConnected
      if (before instanceof HTMLElement && (!isElsewhere || current.contains(root.activeElement))) before.focus()
    }
  }, [panel])
}
