// Why something was not stored, and what one can do about it.
import type { Failed } from '../../client/index.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'
import { toMessage, toNeighbour } from './hand-on.ts'
import { useHere, useTabIndex } from './here.ts'

const words = spoken(
  {
    reasons: {
      unsure: 'The connection was lost for too long to know whether this was sent. Trying again may say it twice.',
      text_too_long: 'Not sent: the message is longer than the chat allows.',
      text_empty: 'Not sent: there is nothing in the message.',
      no_message: 'Not done: the message is not there any more.',
      not_yours: 'Not done: only whoever wrote the message may do this.',
      too_many_reactions: 'Not done: the message has as many different reactions as it can have.',
      replaced: 'Not done: the chat was restored from another copy, where this may be another message.',
    } as Readonly<Record<string, string>>,
    otherwise: (code: string) => `Not sent (${code}).`,
    again: 'Try again',
    discard: 'Discard',
  },
  {
    reasons: {
      unsure:
        'Die Verbindung war zu lange unterbrochen, um zu wissen, ob das gesendet wurde. Ein neuer Versuch sagt es vielleicht zweimal.',
      text_too_long: 'Nicht gesendet: Die Nachricht ist länger, als der Chat erlaubt.',
      text_empty: 'Nicht gesendet: Die Nachricht ist leer.',
      no_message: 'Nicht ausgeführt: Die Nachricht gibt es nicht mehr.',
      not_yours: 'Nicht ausgeführt: Das darf nur, wer die Nachricht geschrieben hat.',
      too_many_reactions:
        'Nicht ausgeführt: Die Nachricht hat schon so viele verschiedene Reaktionen, wie möglich sind.',
      replaced:
        'Nicht ausgeführt: Der Chat wurde aus einer anderen Kopie wiederhergestellt, in der dies vielleicht eine andere Nachricht ist.',
    },
    otherwise: (code) => `Nicht gesendet (${code}).`,
    again: 'Noch einmal versuchen',
    discard: 'Verwerfen',
  },
)

export function FailureLine({ entry }: { readonly entry: Failed }) {
  const { passage } = useHere()
  const tabIndex = useTabIndex()
  const { room } = passage.store
  const { code } = entry.failure
  const said = words.value
  const reason = Object.hasOwn(said.reasons, code) ? said.reasons[code] : undefined
  return (
    <div class="failure">
      <Glyph name="alarm" />
      <span>{reason ?? said.otherwise(code)}</span>
      <span class="failure-ways">
        {code !== 'replaced' && (
          <button
            type="button"
            class="plain"
            tabIndex={tabIndex}
            onClick={(event) => {
              toMessage(event)
              room.tryAgain(entry.id)
            }}
          >
            {said.again}
          </button>
        )}
        <button
          type="button"
          class="plain"
          tabIndex={tabIndex}
          onClick={(event) => {
            if (entry.change.type === 'message') toNeighbour(event)
            else toMessage(event)
            room.discard(entry.id)
          }}
        >
          {said.discard}
        </button>
      </span>
    </div>
  )
}
