// Above the field: what is answered, or edited, and the way out of it.
import type { RoomStore } from '../state/room.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    reply: (name: string) => `Reply to ${name}`,
    replyToYou: 'Reply to yourself',
    edit: 'Edit message',
    stopReply: 'Do not reply',
    stopEdit: 'Do not edit',
  },
  {
    reply: (name) => `Antwort an ${name}`,
    replyToYou: 'Antwort an Sie selbst',
    edit: 'Nachricht bearbeiten',
    stopReply: 'Nicht antworten',
    stopEdit: 'Nicht bearbeiten',
  },
)

const MOST_SHOWN = 200

export interface ComposingStripProps {
  readonly store: RoomStore
  /** Of its title, which describes the field. */
  readonly id: string
  readonly onClose: () => void
}

export function ComposingStrip({ store, id, onClose }: ComposingStripProps) {
  const composing = store.composing.value
  if (composing.type === 'new') return null
  const said = words.value
  const { by, text } = composing.message
  const isEdit = composing.type === 'edit'
  const title = isEdit ? said.edit : by === store.email ? said.replyToYou : said.reply(store.nameOf(by))
  const stop = isEdit ? said.stopEdit : said.stopReply
  return (
    <div class="composing">
      <Glyph name={composing.type} />
      <div class="composing-what">
        <strong class="small" id={id}>
          {title}
        </strong>
        <p class="quiet small" dir="auto">
          {text.slice(0, MOST_SHOWN)}
        </p>
      </div>
      <button type="button" class="icon" aria-label={stop} title={stop} onClick={onClose}>
        <Glyph name="close" />
      </button>
    </div>
  )
}
