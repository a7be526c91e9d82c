// Whom or what an `@` or a `:` may mean: a list above the field, led by the field's own keys.
import './completion.css'
import { useEffect, useRef, useState } from 'preact/hooks'
import { emojiIn, foundBy } from '../emoji/emoji.ts'
import { habits, notePicked } from '../emoji/habits.ts'
import { toned } from '../emoji/tones.ts'
import type { RoomStore } from '../state/room.ts'
import { language } from '../state/settings.ts'
import { type Call, callAt, callFor, membersCalled } from '../text/completion.ts'
import { counted, spoken } from '../words/spoken.ts'
import { Avatar } from './avatar.tsx'
import { replaceIn } from './field.ts'

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

export interface Choice {
  readonly key: string
  readonly name: string
  readonly detail: string
  /** An emoji in place of a face. */
  readonly picture?: string
  readonly online: boolean
  /** What is written for it. */
  readonly text: string
}

export interface Completion {
  readonly call: Call | null
  readonly choices: readonly Choice[]
  readonly chosen: number
  /** To be called whenever the text or the caret has changed. */
  readonly look: (field: HTMLTextAreaElement) => void
  /** Whether the key was for the list. */
  readonly take: (event: KeyboardEvent) => boolean
  readonly insert: (choice: Choice) => void
  readonly close: () => void
}

const MOST_EMOJI = 8

/** The list belonging to a field. Nothing is chosen by a key that was not meant for it. */
export function useCompletion(store: RoomStore): Completion {
  const field = useRef<HTMLTextAreaElement | null>(null)
  const [call, setCall] = useState<Call | null>(null)
  const [chosen, setChosen] = useState(0)
  const refused = useRef('')
  const found = useEmojiCalled(call)
  const choices = call === null ? [] : call.sign === '@' ? memberChoices(store, call) : found
  const close = () => {
    if (call) refused.current = signature(call)
    setCall(null)
  }
  const look = (looked: HTMLTextAreaElement) => {
    field.current = looked
    const next = looked.selectionStart === looked.selectionEnd ? callAt(looked.value, looked.selectionStart) : null
    if (next && signature(next) === refused.current) return
    if (!next) refused.current = ''
    setCall(next)
    if (next?.query !== call?.query || next?.from !== call?.from) setChosen(0)
  }
  const insert = ({ text, picture }: Choice) => {
    if (!call || !field.current) return
    if (picture) notePicked(picture)
    replaceIn(field.current, call.from, field.current.selectionStart, text)
    setCall(null)
  }
  const take = (event: KeyboardEvent) => {
    const choice = choices[chosen]
    if (!choice || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false
    switch (event.key) {
      case 'ArrowDown':
        setChosen((chosen + 1) % choices.length)
        break
      case 'ArrowUp':
        setChosen((chosen + choices.length - 1) % choices.length)
        break
      case 'Enter':
      case 'Tab':
        insert(choice)
        break
      case 'Escape':
        close()
        break
      default:
        return false
    }
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { call, choices, chosen: Math.min(chosen, choices.length - 1), look, take, insert, close }
}

/** The chosen one stays in sight. */
function useSight(id: string, { chosen, choices }: Completion) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (choices.length > 0) list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen, choices.length])
  return { ref: list, id }
}

export function CompletionList({ completion, id }: { readonly completion: Completion; readonly id: string }) {
  const { call, choices, chosen, insert } = completion
  const said = words.value
  const isOpen = choices.length > 0
  const inSight = useSight(id, completion)
  return (
    <>
      <span class="visually-hidden" role="status">
        {isOpen && said.found(choices.length)}
      </span>
      {isOpen && (
        <div {...inSight} class="completion" role="listbox" aria-label={call?.sign === ':' ? said.emoji : said.members}>
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

function memberChoices(store: RoomStore, { query }: Call): readonly Choice[] {
  const members = store.timeline?.members ?? []
  const others = members.filter(({ email }) => email !== store.email)
  return membersCalled(query, others).map((member) => ({
    key: member.email,
    name: member.name || member.email,
    detail: member.name ? member.email : '',
    online: member.online,
    text: callFor(member, members),
  }))
}

/** Asks for the table when an emoji is called for the first time; without it there are no suggestions, and that is all. */
function useEmojiCalled(call: Call | null): readonly Choice[] {
  const [found, setFound] = useState<readonly Choice[]>([])
  const query = call?.sign === ':' ? call.query : ''
  const spoken = language.value
  useEffect(() => {
    let isWanted = true
    if (query === '') return
    emojiIn(spoken).then(
      (all) => isWanted && setFound(foundBy(query, all).slice(0, MOST_EMOJI).map(emojiChoice)),
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [query, spoken])
  return query === '' ? [] : found
}

function emojiChoice({ emoji, name, takesTone }: Awaited<ReturnType<typeof emojiIn>>[number]): Choice {
  const picture = takesTone ? toned(emoji, habits.peek().tone) : emoji
  return { key: emoji, name, detail: '', picture, online: false, text: `${picture} ` }
}

function signature({ sign, from }: Call): string {
  return `${sign}${from}`
}
