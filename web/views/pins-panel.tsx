// What is pinned in a room, newest first.
import { useEffect, useMemo } from 'preact/hooks'
import { RoomPins } from '../state/pins.ts'
import type { RoomStore } from '../state/room.ts'
import { spoken } from '../words/spoken.ts'
import { FoundMessage } from './found-message.tsx'
import { Glyph } from './glyph.tsx'
import { toNextItem } from './hand-on.ts'

const words = spoken(
  {
    unpin: 'Unpin',
    none: 'Nothing is pinned yet',
    how: 'Pin what everybody should find again: choose “Pin” at a message, or press P on it.',
    loading: 'Loading …',
    partly: 'There is no connection: only what is loaded here is shown.',
    failed: 'The list could not be loaded whole. It is tried again in a moment.',
    more: 'Show more',
  },
  {
    unpin: 'Lösen',
    none: 'Noch ist nichts angeheftet',
    how: 'Heften Sie an, was alle wiederfinden sollen: Wählen Sie „Anheften“ bei einer Nachricht, oder drücken Sie dort P.',
    loading: 'Wird geladen …',
    partly: 'Es besteht keine Verbindung: Nur das hier Geladene ist zu sehen.',
    failed: 'Die Liste ließ sich nicht ganz laden. Gleich wird es noch einmal versucht.',
    more: 'Mehr zeigen',
  },
)

export function PinsPanel({ store }: { readonly store: RoomStore }) {
  const pins = useMemo(() => new RoomPins(store), [store])
  useEffect(() => pins.follow(), [pins])
  const said = words.value
  const pinned = pins.pinned.value
  const note = noteOn(store, pins)
  const isEmpty = pinned.length === 0 && pins.asking.value === 'answered'
  return (
    <>
      <p class="panel-note quiet small" role="status">
        {note}
      </p>
      {isEmpty && note === '' && (
        <div class="panel-empty">
          <Glyph name="pin" />
          <p>{said.none}</p>
          <p class="quiet small">{said.how}</p>
        </div>
      )}
      {pinned.length > 0 && (
        <ol class="panel-list">
          {pinned.map((message) => (
            <FoundMessage key={message.id} store={store} message={message}>
              <button
                type="button"
                class="icon found-act"
                aria-label={said.unpin}
                title={said.unpin}
                onClick={(event) => {
                  toNextItem(event)
                  store.room.pin(message.id, false)
                }}
              >
                <Glyph name="close" />
              </button>
            </FoundMessage>
          ))}
        </ol>
      )}
      {pins.hasMore.value && (
        <button type="button" class="second panel-more" onClick={() => pins.more()}>
          {said.more}
        </button>
      )}
    </>
  )
}

function noteOn(store: RoomStore, { asking, pinned }: RoomPins): string {
  if (store.state.value?.connection.status !== 'live') return words.value.partly
  if (asking.value === 'failed') return words.value.failed
  return asking.value === 'asking' && pinned.value.length === 0 ? words.value.loading : ''
}
