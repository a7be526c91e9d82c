// Completing what an `@` or a `:` begins, while the caret stands behind it.
import { useEffect, useRef, useState } from 'preact/hooks'
import { notePicked } from '../emoji/habits.ts'
import type { RoomStore } from '../state/room.ts'
import { type Call, callAt } from '../text/completion.ts'
import { type Choice, useChoices } from './completion-choices.ts'
import { replaceIn } from './field.ts'

export interface Completion {
  readonly sign: Call['sign'] | undefined
  readonly choices: readonly Choice[]
  readonly chosen: number
  /** To be called whenever the text or the caret has changed. */
  readonly look: (field: HTMLTextAreaElement) => void
  /** Whether the key was for the list. */
  readonly take: (event: KeyboardEvent) => boolean
  readonly insert: (choice: Choice) => void
  readonly close: () => void
}

/** The list belonging to a field with this text. Nothing is chosen by a key that was not meant for it. */
export function useCompletion(store: RoomStore, text: string): Completion {
  const field = useRef<HTMLTextAreaElement | null>(null)
  const [call, setCall] = useState<Call | null>(null)
  const [chosen, setChosen] = useState(0)
  /** For what goes on from it, nothing is offered any more. */
  const refused = useRef<Call | null>(null)
  const choices = useChoices(store, call)
  // What was sent or given up goes on in nothing: the next message begins where it began.
  useEffect(() => {
    if (text === '') refused.current = null
  }, [text])
  const close = () => {
    if (call) refused.current = { ...call, query: '' }
    setCall(null)
  }
  const look = (looked: HTMLTextAreaElement) => {
    field.current = looked
    const next = looked.selectionStart === looked.selectionEnd ? callAt(looked.value, looked.selectionStart) : null
    if (next && refused.current && goesOn(next, refused.current)) return setCall(null)
    if (!next) refused.current = null
    setCall(next)
    if (next?.query !== call?.query || next?.from !== call?.from) setChosen(0)
  }
  const insert = ({ text, picture }: Choice) => {
    if (!call || !field.current) return
    if (picture) notePicked(picture)
    // A name may be the beginning of another: whoever has chosen it is asked no more.
    refused.current = { ...call, query: text.slice(call.sign.length) }
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
  return { sign: call?.sign, choices, chosen: Math.min(chosen, choices.length - 1), look, take, insert, close }
}

function goesOn({ sign, from, query }: Call, refused: Call): boolean {
  return sign === refused.sign && from === refused.from && query.startsWith(refused.query)
}
