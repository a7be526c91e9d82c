// The groups of emoji, as Unicode orders them, after those that were used last.
import { spoken } from '../words/spoken.ts'

/** The group of those used last. */
export const RECENT = -1

export const GROUP_NAMES = spoken<Readonly<Record<number, string>>>(
  {
    [RECENT]: 'Used last',
    0: 'Smileys',
    1: 'People',
    3: 'Animals and nature',
    4: 'Food and drink',
    5: 'Travel and places',
    6: 'Activities',
    7: 'Objects',
    8: 'Symbols',
    9: 'Flags',
  },
  {
    [RECENT]: 'Zuletzt verwendet',
    0: 'Smileys',
    1: 'Menschen',
    3: 'Tiere und Natur',
    4: 'Essen und Trinken',
    5: 'Reisen und Orte',
    6: 'Aktivitäten',
    7: 'Gegenstände',
    8: 'Symbole',
    9: 'Flaggen',
  },
)

const groupsNamed = spoken('Groups', 'Gruppen')

const PICTURES: readonly (readonly [number, string])[] = [
  [RECENT, '🕘'],
  [0, '😀'],
  [1, '👋'],
  [3, '🌿'],
  [4, '🍞'],
  [5, '🚆'],
  [6, '⚽'],
  [7, '💡'],
  [8, '✅'],
  [9, '🏁'],
]

export interface EmojiTabsProps {
  readonly chosen: number
  readonly onChoose: (group: number) => void
  readonly ids: { readonly panel: string }
}

export function EmojiTabs({ chosen, onChoose, ids }: EmojiTabsProps) {
  const press = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const place = PICTURES.findIndex(([group]) => group === chosen)
    const [next] = PICTURES[(place + step + PICTURES.length) % PICTURES.length] ?? [0]
    onChoose(next)
    const tabs = event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')
    tabs[PICTURES.findIndex(([group]) => group === next)]?.focus()
  }
  return (
    <div class="emoji-tabs" role="tablist" aria-label={groupsNamed.value} onKeyDown={press}>
      {PICTURES.map(([group, picture]) => (
        <button
          key={group}
          type="button"
          class="plain"
          role="tab"
          aria-label={GROUP_NAMES.value[group]}
          title={GROUP_NAMES.value[group]}
          aria-selected={group === chosen}
          aria-controls={group === chosen ? ids.panel : undefined}
          tabIndex={group === chosen ? 0 : -1}
          onClick={() => onChoose(group)}
        >
          {picture}
        </button>
      ))}
    </div>
  )
}
