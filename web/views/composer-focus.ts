// The focus in the field: what it keeps away, and what brings it there.
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import type { Writing } from '../state/writing.ts'

/** While the field has the focus, what another window writes does not come into it. */
export function useHolding(writing: Writing): { readonly begin: () => void; readonly end: () => void } {
  const held = useRef<(() => void) | null>(null)
  const end = () => {
    held.current?.()
    held.current = null
  }
  useEffect(() => end, [])
  return {
    begin: () => {
      held.current ??= writing.hold()
    },
    end,
  }
}

/** Whoever chooses to answer or to edit wants to write next: the very next key is for the field. What was taken up again from before takes no focus. */
export function useFocusOnChoice(store: RoomStore, field: RefObject<HTMLTextAreaElement | null>): void {
  const composing = store.composing.value
  const before = useRef(composing)
  useLayoutEffect(() => {
    if (before.current === composing) return
    before.current = composing
    if (composing.type === 'new' || !field.current) return
    field.current.focus()
    field.current.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [composing, field])
}
