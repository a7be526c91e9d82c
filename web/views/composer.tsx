// What one is about to say.
import './composer.css'
import type { RefObject } from 'preact'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import { settings } from '../state/settings.ts'
import { Writing } from '../state/writing.ts'
import { type Format, formatted } from '../text/wrapping.ts'
import { spoken } from '../words/spoken.ts'
import { CompletionList, useCompletion } from './completion.tsx'
import { ComposingStrip } from './composing-strip.tsx'
import { EmojiPicker } from './emoji-picker.tsx'
import { fit, insertIn, isComposed, replaceIn, typesOnGlass } from './field.ts'
import { Glyph } from './glyph.tsx'
import { usePaste } from './pasting.ts'
import { SpaceLeft } from './space-left.tsx'

const words = spoken(
  {
    label: 'Message',
    placeholder: 'Write a message',
    send: 'Send',
    save: 'Save',
    emoji: 'Insert an emoji',
    noAccess: 'You are no longer a member of this chat, so you cannot write here.',
    noFiles: 'Files cannot be sent here. Put them where the project is, and send the link.',
  },
  {
    label: 'Nachricht',
    placeholder: 'Nachricht schreiben',
    send: 'Senden',
    save: 'Speichern',
    emoji: 'Emoji einfügen',
    noAccess: 'Sie sind kein Mitglied dieses Chats mehr und können hier nicht schreiben.',
    noFiles: 'Dateien lassen sich hier nicht senden. Legen Sie sie beim Projekt ab, und senden Sie den Link.',
  },
)

const FORMATS = new Map<string, Format>([
  ['b', 'bold'],
  ['i', 'italic'],
  ['k', 'link'],
])

export function Composer({ store }: { readonly store: RoomStore }) {
  const said = words.value
  const writing = useMemo(() => new Writing(store), [store])
  const field = useRef<HTMLTextAreaElement>(null)
  const [picks, setPicks] = useState(false)
  const completion = useCompletion(store)
  const pasting = usePaste(field)
  const ids = { list: useId(), space: useId(), mode: useId() }
  useEffect(() => writing.follow(), [writing])
  useFocusOnChoice(store, field)
  const holding = useHolding(writing)
  const text = writing.text.value
  useLayoutEffect(() => (field.current ? fit(field.current) : undefined), [text])

  const { connection } = store.state.value ?? {}
  const isOut = connection?.status === 'ended' && connection.why.code === 'no_access'
  const isEdit = store.composing.value.type === 'edit'
  const submit = (event?: Event) => {
    event?.preventDefault()
    completion.close()
    setPicks(false)
    if (!isOut) writing.send()
  }
  const press = (event: KeyboardEvent) => {
    if (!isComposed(event) && !completion.take(event)) pressed(event, writing, store, submit)
  }
  const input = ({ currentTarget }: { currentTarget: HTMLTextAreaElement }) => {
    writing.write(currentTarget.value)
    pasting.forget()
    completion.look(currentTarget)
  }
  const pick = (emoji: string) => {
    setPicks(false)
    if (field.current) insertIn(field.current, emoji)
  }
  const named = completion.choices.length > 0 ? ids.list : undefined
  return (
    <form class="composer" onSubmit={submit} onDragOver={pasting.dragOver} onDrop={pasting.drop}>
      <CompletionList completion={completion} id={ids.list} />
      <ComposingStrip store={store} id={ids.mode} onClose={() => leave(writing, field)} />
      <p class="composer-notice small" role="alert" hidden={!isOut && !pasting.hadFiles}>
        {isOut ? said.noAccess : pasting.hadFiles && said.noFiles}
      </p>
      <div class="composer-box">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          disabled={isOut}
          autocomplete="off"
          enterkeyhint={settings.value.enterSends && !typesOnGlass() ? 'send' : 'enter'}
          aria-label={said.label}
          placeholder={said.placeholder}
          aria-describedby={`${ids.mode} ${ids.space}`}
          aria-invalid={writing.space.value.is === 'over'}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={named}
          aria-activedescendant={named && `${ids.list}-${completion.chosen}`}
          onInput={input}
          onKeyDown={press}
          onPaste={pasting.paste}
          onKeyUp={({ currentTarget }) => completion.look(currentTarget)}
          onClick={({ currentTarget }) => completion.look(currentTarget)}
          onFocus={holding.begin}
          onBlur={() => {
            holding.end()
            completion.close()
          }}
        />
        <div class="composer-emoji">
          <button
            type="button"
            class="icon"
            aria-label={said.emoji}
            title={said.emoji}
            aria-expanded={picks}
            disabled={isOut}
            onClick={() => setPicks(!picks)}
          >
            <Glyph name="emoji" />
          </button>
          {picks && <EmojiPicker onPick={pick} onClose={() => setPicks(false)} />}
        </div>
      </div>
      <button
        type="submit"
        class="composer-send"
        aria-label={isEdit ? said.save : said.send}
        title={isEdit ? said.save : said.send}
        disabled={isOut || !writing.isReady}
        // The field keeps the focus, and a phone its keyboard.
        onMouseDown={(event) => event.preventDefault()}
      >
        <Glyph name={isEdit ? 'check' : 'send'} />
      </button>
      <SpaceLeft space={writing.space.value} id={ids.space} />
    </form>
  )
}

function pressed(event: KeyboardEvent, writing: Writing, store: RoomStore, submit: () => void): void {
  const field = event.currentTarget
  if (!(field instanceof HTMLTextAreaElement)) return
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
  const isNew = store.composing.value.type === 'new'
  const format = formatOf(event)
  if (event.key === 'Enter' && sends(event)) submit()
  else if (event.key === 'Escape' && isPlain && !isNew) writing.leave()
  else if (event.key === 'ArrowUp' && isPlain && isNew && field.value === '' && writing.editLast()) field.focus()
  else if (format) applyTo(field, format)
  else return
  event.preventDefault()
  event.stopPropagation()
}

function applyTo(field: HTMLTextAreaElement, format: Format): void {
  const { from, to, by, select } = formatted(field.value, field.selectionStart, field.selectionEnd, format)
  replaceIn(field, from, to, by)
  field.setSelectionRange(...select)
}

/** Ctrl+Enter always sends; Enter alone where it was chosen so, and where Shift can be held to break a line. */
function sends({ ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  if (shiftKey || altKey) return false
  return ctrlKey || metaKey || (settings.value.enterSends && !typesOnGlass())
}

function formatOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): Format | undefined {
  if (ctrlKey === metaKey || altKey || shiftKey) return undefined
  return FORMATS.get(key.toLowerCase())
}

function leave(writing: Writing, field: RefObject<HTMLTextAreaElement | null>): void {
  writing.leave()
  field.current?.focus()
}

/** While the field has the focus, what another window writes does not come into it. */
function useHolding(writing: Writing): { readonly begin: () => void; readonly end: () => void } {
  const held = useRef<(() => void) | null>(null)
  const end = () => {
    held.current?.()
    held.current = null
  }
  useEffect(() => end, [])
  return {
    begin: () => {
      held.current ??= writing.hold()
    },
    end,
  }
}

/** Whoever chooses to answer or to edit wants to write next. What was taken up again from before takes no focus. */
function useFocusOnChoice(store: RoomStore, field: RefObject<HTMLTextAreaElement | null>): void {
  const composing = store.composing.value
  const before = useRef(composing)
  useEffect(() => {
    if (before.current === composing) return
    before.current = composing
    if (composing.type === 'new' || !field.current) return
    field.current.focus()
    field.current.setSelectionRange(field.current.value.length, field.current.value.length)
  }, [composing, field])
}
