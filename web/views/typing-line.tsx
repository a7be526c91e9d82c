// Who is writing now, above where one writes.
import type { RoomStore } from '../state/room.ts'
import { neutral } from '../text/controls.ts'
import { spoken } from '../words/spoken.ts'

const words = spoken(
  {
    one: (name: string) => `${name} is typing …`,
    two: (name: string, other: string) => `${name} and ${other} are typing …`,
    many: 'Several people are typing …',
  },
  {
    one: (name) => `${name} schreibt …`,
    two: (name, other) => `${name} und ${other} schreiben …`,
    many: 'Mehrere schreiben …',
  },
)

/** It always takes its line, so that nothing moves when somebody begins. */
export function TypingLine({ store }: { readonly store: RoomStore }) {
  const [first, second, third] = (store.timeline?.typing ?? []).map((email) => neutral(store.nameOf(email)))
  const said = words.value
  const sentence = third ? said.many : first && second ? said.two(first, second) : first ? said.one(first) : ''
  return (
    <p class="typing-line quiet small" dir="auto">
      {sentence}
    </p>
  )
}
