// Whom or what an `@` or a `:` may mean: a list above the field, led by the field's own keys.
import './completion.css'
import { useEffect, useRef } from 'preact/hooks'
import { counted, spoken } from '../words/spoken.ts'
import { Avatar } from './avatar.tsx'
import type { Completion } from './completion.ts'

const words = spoken(
  {
    members: 'Members',
    emoji: 'Emoji',
    online: 'online',
    found: (count: number) => `${counted(count, 'suggestion', 'suggestions')}. Up and down to choose, Enter to insert.`,
  },
  {
    members: 'Mitglieder',
    emoji: 'Emoji',
    online: 'online',
    found: (count) => `${counted(count, 'Vorschlag', 'Vorschläge')}. Auf und ab wählt, Eingabe fügt ein.`,
  },
)

/** The chosen one stays in sight. */
function useSight(id: string, { chosen, choices }: Completion) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (choices.length > 0) list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen, choices.length])
  return { ref: list, id }
}

export function CompletionList({ completion, id }: { readonly completion: Completion; readonly id: string }) {
  const { sign, choices, chosen, insert } = completion
  const said = words.value
  const isOpen = choices.length > 0
  const inSight = useSight(id, completion)
  return (
    <>
      <span class="visually-hidden" role="status">
        {isOpen && said.found(choices.length)}
      </span>
      {isOpen && (
        <div {...inSight} class="completion" role="listbox" aria-label={sign === ':' ? said.emoji : said.members}>
          {choices.map((choice, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
            <div
              key={choice.key}
              id={`${id}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === chosen}
              // The field keeps the focus, and a phone its keyboard.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(choice)}
            >
              {choice.picture ? (
                <span class="completion-emoji" aria-hidden="true">
                  {choice.picture}
                </span>
              ) : (
                <Avatar name={choice.name} seed={choice.key} online={choice.online} />
              )}
              <span class="completion-name" dir="auto">
                {choice.name}
              </span>
              <span class="completion-detail quiet small" dir="auto">
                {choice.detail}
              </span>
              {choice.online && <span class="visually-hidden">{said.online}</span>}
            </div>
          ))}
        </div>
      )}
    </>
  )
}
