// What a message answers to, and the way there.
import { useEffect } from 'preact/hooks'
import { neutral } from '../text/controls.ts'
import { spoken } from '../words/spoken.ts'
import { useHere, useTabIndex } from './here.ts'

const words = spoken(
  {
    to: 'Reply to ',
    deleted: 'Message deleted',
    loading: 'The original message is being loaded …',
  },
  {
    to: 'Antwort an ',
    deleted: 'Nachricht gelöscht',
    loading: 'Die ursprüngliche Nachricht wird geladen …',
  },
)
const MOST_CHARACTERS = 200

export function ReplyPreview({ id }: { readonly id: string }) {
  const { passage } = useHere()
  const tabIndex = useTabIndex()
  const original = passage.originals.get(id)
  useEffect(() => {
    if (!original) passage.originals.ask(id)
  }, [passage, id, original])
  const said = words.value
  const name = original && passage.nameOf(original.by)
  const text = !original ? said.loading : original.deleted ? said.deleted : shortened(original.text)
  return (
    <button
      type="button"
      class="reply-preview"
      tabIndex={tabIndex}
      data-deleted={original?.deleted ?? false}
      onClick={() => passage.store.show(id)}
    >
      {name !== undefined && (
        <bdi class="reply-preview-name">
          <span class="visually-hidden">{said.to}</span>
          {name}
        </bdi>
      )}{' '}
      <span class="reply-preview-text" dir="auto">
        {text}
      </span>
    </button>
  )
}

function shortened(text: string): string {
  return neutral(text.slice(0, MOST_CHARACTERS)).replace(/\s+/g, ' ')
}
