// What is pinned in a room, newest first.
import { pinnedIn } from '../state/pins.ts'
import type { RoomStore } from '../state/room.ts'
import { spoken } from '../words/spoken.ts'
import { FoundMessage } from './found-message.tsx'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    unpin: 'Unpin',
    none: 'Nothing is pinned yet',
    how: 'Pin what everybody should find again: choose “Pin” at a message, or press P on it.',
  },
  {
    unpin: 'Lösen',
    none: 'Noch ist nichts angeheftet',
    how: 'Heften Sie an, was alle wiederfinden sollen: Wählen Sie „Anheften“ bei einer Nachricht, oder drücken Sie dort P.',
  },
)

export function PinsPanel({ store }: { readonly store: RoomStore }) {
  const pinned = pinnedIn(store)
  const said = words.value
  if (pinned.length === 0) {
    return (
      <div class="panel-empty">
        <Glyph name="pin" />
        <p>{said.none}</p>
        <p class="quiet small">{said.how}</p>
      </div>
    )
  }
  return (
    <ol class="panel-list">
      {pinned.map((message) => (
        <FoundMessage key={message.id} store={store} message={message}>
          <button
            type="button"
            class="icon found-act"
            aria-label={said.unpin}
            title={said.unpin}
            onClick={() => store.room.pin(message.id, false)}
          >
            <Glyph name="close" />
          </button>
        </FoundMessage>
      ))}
    </ol>
  )
}
