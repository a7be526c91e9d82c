// One message: who said it, when, what, and what became of it.
import './message.css'
import { useRef, useState } from 'preact/hooks'
import { foreseen } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import type { MessageRow } from '../state/timeline-rows.ts'
import { spoken } from '../words/spoken.ts'
import { clock, exactly } from '../words/time.ts'
import { Avatar } from './avatar.tsx'
import { FailedChanges } from './failed-changes.tsx'
import { Glyph } from './glyph.tsx'
import { toMessage } from './hand-on.ts'
import { Reach, useHere } from './here.ts'
import { useLongPress } from './long-press.ts'
import { Markdown } from './markdown.tsx'
import { useActions } from './message-actions.ts'
import { MessageMenu } from './message-menu.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { Reactions } from './reactions.tsx'
import { ReplyPreview } from './reply-preview.tsx'
import { SeenBy } from './seen-by.tsx'
import { useTakeFocus } from './take-focus.ts'
import type { WalkPlace } from './walk.ts'

const words = spoken(
  {
    edited: 'edited',
    editedAt: (when: string) => `Edited on ${when}`,
    deleted: 'Message deleted',
    deleting: 'The message is being deleted.',
    undo: 'Undo',
    pinned: 'Pinned',
    sentence: (name: string, time: string) => `${name}, ${time}`,
  },
  {
    edited: 'bearbeitet',
    editedAt: (when) => `Bearbeitet am ${when}`,
    deleted: 'Nachricht gelöscht',
    deleting: 'Die Nachricht wird gelöscht.',
    undo: 'Rückgängig',
    pinned: 'Angeheftet',
    sentence: (name, time) => `${name}, ${time}`,
  },
)

export interface MessageViewProps {
  readonly row: MessageRow
  readonly place: WalkPlace
  readonly isStop: boolean
}

export function MessageView({ row, place, isStop }: MessageViewProps) {
  const { passage } = useHere()
  const { store } = passage
  const outbox = passage.outbox.value
  const message = outbox ? foreseen(row.message, outbox, store.email) : row.message
  const isLeaving = passage.deletions.waiting.value.has(message.id)
  const article = useRef<HTMLElement>(null)
  const [isMenuOpen, setMenuOpen] = useState(false)
  const actions = useActions(message)
  const canAct = !message.deleted && !isLeaving
  const press = useLongPress(() => canAct && setMenuOpen(true))
  useTakeFocus(article, place, row.key)
  const key = (event: KeyboardEvent) => {
    if (event.target !== article.current || !canAct || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Enter') setMenuOpen(true)
    else if (!actions.byKey(event.key)) return
    event.preventDefault()
  }
  const close = () => {
    setMenuOpen(false)
    article.current?.focus({ preventScroll: true })
  }
  const name = passage.nameOf(message.by)
  return (
    <Reach.Provider value={isStop}>
      <article
        ref={article}
        class="message"
        tabIndex={isStop ? 0 : -1}
        aria-label={words.value.sentence(name, clock(message.at))}
        data-id={message.id}
        data-starts={row.startsGroup}
        data-own={message.by === store.email}
        data-lit={place.lit.value === row.key}
        data-menu={isMenuOpen}
        onKeyDown={key}
        onFocus={() => {
          place.at.value = row.key
        }}
        {...press}
      >
        <Side message={message} name={name} starts={row.startsGroup} />
        <div class="message-body">
          {row.startsGroup && <Head message={message} name={name} />}
          {isLeaving ? <Leaving id={message.id} /> : <Said message={message} />}
          <FailedChanges message={message.id} />
          <SeenBy message={message} />
        </div>
        {canAct && <MessageToolbar actions={actions} onMore={() => setMenuOpen(true)} />}
        {isMenuOpen && canAct && <MessageMenu actions={actions} anchor={article} onClose={close} />}
      </article>
    </Reach.Provider>
  )
}

function Side({ message, name, starts }: { message: Message; name: string; starts: boolean }) {
  if (starts) return <Avatar name={name} seed={message.by} />
  return <Time at={message.at} />
}

function Head({ message, name }: { readonly message: Message; readonly name: string }) {
  return (
    <p class="message-head">
      <bdi class="message-name">{name}</bdi> <Time at={message.at} />
    </p>
  )
}

function Time({ at }: { readonly at: number }) {
  return (
    <time class="message-time" dateTime={new Date(at).toISOString()} title={exactly(at)}>
      {clock(at)}
    </time>
  )
}

function Said({ message }: { readonly message: Message }) {
  const { passage } = useHere()
  const said = words.value
  if (message.deleted) return <p class="message-deleted quiet">{said.deleted}</p>
  return (
    <>
      {message.replyTo !== undefined && <ReplyPreview id={message.replyTo} />}
      <Markdown text={message.text} people={passage.members.value} you={passage.store.email} />
      {(message.editedAt !== undefined || message.pinned) && (
        <p class="message-notes quiet">
          {message.editedAt !== undefined && (
            <span title={said.editedAt(exactly(message.editedAt))}>{said.edited}</span>
          )}
          {message.pinned && (
            <span class="message-pinned">
              <Glyph name="pin" />
              {said.pinned}
            </span>
          )}
        </p>
      )}
      <Reactions message={message} />
    </>
  )
}

function Leaving({ id }: { readonly id: string }) {
  const { passage } = useHere()
  const undo = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    toMessage(event)
    passage.deletions.undo(id)
  }
  return (
    <p class="message-leaving quiet">
      {words.value.deleting}{' '}
      <button type="button" class="plain" onClick={undo}>
        {words.value.undo}
      </button>
    </p>
  )
}
