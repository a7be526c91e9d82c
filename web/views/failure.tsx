// Why something was not stored, and what one can do about it.
import type { Failed } from '../../client/index.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'
import { useHere, useTabIndex } from './here.ts'

const words = spoken(
  {
    reasons: {
      unsure: 'The connection was lost for too long to know whether this was sent. Trying again may say it twice.',
      too_long: 'Not sent: it is longer than the chat allows.',
      empty: 'Not sent: there is nothing in it.',
      forbidden: 'Not done: only whoever wrote the message may do this.',
      not_found: 'Not done: the message is not there any more.',
      deleted: 'Not done: the message was deleted.',
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
      too_long: 'Nicht gesendet: Die Nachricht ist länger, als der Chat erlaubt.',
      empty: 'Nicht gesendet: Die Nachricht ist leer.',
      forbidden: 'Nicht ausgeführt: Das darf nur, wer die Nachricht geschrieben hat.',
      not_found: 'Nicht ausgeführt: Die Nachricht gibt es nicht mehr.',
      deleted: 'Nicht ausgeführt: Die Nachricht wurde gelöscht.',
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
    <div class="failure" role="alert">
      <Glyph name="alarm" />
      <span>{reason ?? said.otherwise(code)}</span>
      <span class="failure-ways">
        {code !== 'replaced' && (
          <button type="button" class="plain" tabIndex={tabIndex} onClick={() => void room.tryAgain(entry.id)}>
            {said.again}
          </button>
        )}
        <button type="button" class="plain" tabIndex={tabIndex} onClick={() => room.discard(entry.id)}>
          {said.discard}
        </button>
      </span>
    </div>
  )
}
