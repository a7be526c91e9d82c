// Who reacted how. One's own are pressed buttons.
import type { Message } from '../../protocol/event.ts'
import { number, spoken } from '../words/spoken.ts'
import { toMessage } from './hand-on.ts'
import { useHere, useTabIndex } from './here.ts'

const words = spoken({ you: 'You' }, { you: 'Sie' })
const MOST_NAMES = 20

export function Reactions({ message }: { readonly message: Message }) {
  const { passage } = useHere()
  const tabIndex = useTabIndex()
  const { store } = passage
  const all = Object.entries(message.reactions)
  if (all.length === 0) return null
  const nameOf = (email: string) => (email === store.email ? words.value.you : passage.nameOf(email))
  return (
    <div class="reactions">
      {all.map(([emoji, emails]) => {
        const mine = emails.includes(store.email)
        const who = emails.slice(0, MOST_NAMES).map(nameOf).join(', ') + (emails.length > MOST_NAMES ? ' …' : '')
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={mine}
            title={who}
            tabIndex={tabIndex}
            onClick={(event) => {
              if (mine && emails.length === 1) toMessage(event)
              store.room.react(message.id, emoji, !mine)
            }}
          >
            <span class="reaction-emoji">{emoji}</span> {number(emails.length)}
            <span class="visually-hidden">{who}</span>
          </button>
        )
      })}
    </div>
  )
}
