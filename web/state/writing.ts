// What one is writing in a room: something new, an answer or other words, and what becomes of it.
import { computed, effect, type ReadonlySignal } from '@preact/signals'
import { foreseen } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { type Space, sayable, spaceFor } from '../text/limit.ts'
import { type Draft, draftOf, holdDraft, keepDraft, NOTHING } from './drafts.ts'
import type { Composing, RoomStore } from './room.ts'

export class Writing {
  readonly text: ReadonlySignal<string>
  /** How much may still be said. */
  readonly space: ReadonlySignal<Space>
  readonly #store: RoomStore
  readonly #draft: ReadonlySignal<Draft>

  constructor(store: RoomStore) {
    this.#store = store
    this.#draft = draftOf(store.email, store.id)
    // What was begun is taken up again.
    if (store.composing.peek().type === 'new') store.composing.value = composingOf(this.#draft.peek())
    this.text = computed(() => this.#draft.value.edit?.text ?? this.#draft.value.text)
    this.space = computed(() => spaceFor(sayable(this.text.value), store.timeline?.limits?.text_bytes ?? 0))
  }

  /** Follows what is chosen elsewhere: an answer, an edit. Gives back what ends that. */
  follow(): () => void {
    const { composing } = this.#store
    const endChoices = effect(() => this.#took(composing.value))
    // Another window may have sent it, or gone on with it.
    const endDrafts = effect(() => {
      const wanted = composingOf(this.#draft.value)
      if (!isSame(wanted, composing.peek())) composing.value = wanted
    })
    return () => {
      endChoices()
      endDrafts()
      if (this.#store.isOpen) this.#store.room.typing(false)
    }
  }

  write(text: string): void {
    this.#put(text)
    if (!this.#draft.peek().edit) this.#store.room.typing(text !== '')
  }

  /** Behind what is there, for words that come when the field has gone: they wait in this room. After its end nothing is kept. */
  append(text: string): void {
    if (this.#store.isClosed) return
    const before = this.text.peek()
    this.#put(/\S$/.test(before) ? `${before} ${text}` : before + text)
  }

  /** Whether there is something to send, and it may be. An edit without words is left, so that is something too. */
  get isReady(): boolean {
    return this.space.value.is !== 'over' && (this.#draft.value.edit !== null || sayable(this.text.value) !== '')
  }

  /** Says it, or puts it in place of what was said; where nothing would change, nothing is sent. */
  send(): void {
    const text = sayable(this.text.peek())
    const { edit, reply } = this.#draft.peek()
    if (this.space.peek().is === 'over' || (text === '' && !edit)) return
    if (!edit) {
      this.#store.room.send(text, reply ? { replyTo: reply.id } : {})
      this.#keep(NOTHING)
    } else {
      if (text !== '' && text !== sayable(edit.message.text)) this.#store.room.edit(edit.message.id, text)
      this.leave()
    }
  }

  /** Out of the edit, and the draft of before is there again; or out of the answer, whose words stay. */
  leave(): void {
    const draft = this.#draft.peek()
    this.#keep(draft.edit ? { ...draft, edit: null } : { ...draft, reply: null })
  }

  /** Goes to edit what one has said last, where that is loaded. While it is on its way, the one before it is not what is meant. */
  editLast(): boolean {
    const message = this.#store.waiting === 0 ? this.#lastOwn() : undefined
    if (message) this.#store.composing.value = { type: 'edit', message }
    return message !== undefined
  }

  /** While somebody types here, another window does not. Gives back what ends that. */
  hold(): () => void {
    return holdDraft(this.#store.email, this.#store.id)
  }

  #took(composing: Composing): void {
    const draft = this.#draft.peek()
    if (isSame(composing, composingOf(draft))) return
    this.#keep({ ...draft, ...this.#choice(composing) })
  }

  #choice(composing: Composing): Pick<Draft, 'edit'> & Partial<Draft> {
    switch (composing.type) {
      case 'new':
        return { reply: null, edit: null }
      case 'reply':
        return { reply: composing.message, edit: null }
      case 'edit': {
        const message = this.#asForeseen(composing.message)
        return { edit: { message, text: message.text } }
      }
    }
  }

  #lastOwn(): Message | undefined {
    for (const { messages } of [...(this.#store.timeline?.blocks ?? [])].reverse()) {
      const own = messages.findLast(({ by, deleted }) => by === this.#store.email && !deleted)
      if (own) return own
    }
    return undefined
  }

  /** With one's own edit of before, also while that is on its way. */
  #asForeseen(message: Message): Message {
    const outbox = this.#store.state.peek()?.outbox
    return outbox ? foreseen(message, outbox, this.#store.email) : message
  }

  #put(text: string): void {
    const draft = this.#draft.peek()
    this.#keep(draft.edit ? { ...draft, edit: { ...draft.edit, text } } : { ...draft, text })
  }

  #keep(draft: Draft): void {
    keepDraft(this.#store.email, this.#store.id, draft)
  }
}

function composingOf({ edit, reply }: Draft): Composing {
  if (edit) return { type: 'edit', message: edit.message }
  return reply ? { type: 'reply', message: reply } : { type: 'new' }
}

function isSame(one: Composing, other: Composing): boolean {
  if (one.type === 'new' || other.type === 'new') return one.type === other.type
  return one.type === other.type && one.message.id === other.message.id
}
