// What one is about to say.
import './composer.css'
import type { RefObject } from 'preact'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import { settings } from '../state/settings.ts'
import { Writing } from '../state/writing.ts'
import { spoken } from '../words/spoken.ts'
import { useCompletion } from './completion.ts'
import { CompletionList } from './completion-list.tsx'
import { useFocusOnChoice, useHolding } from './composer-focus.ts'
import { pressed } from './composer-keys.ts'
import { ComposingStrip } from './composing-strip.tsx'
import { EmojiPicker } from './emoji-picker.tsx'
import { fit, insertIn, isComposed, typesOnGlass } from './field.ts'
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

export function Composer({ store }: { readonly store: RoomStore }) {
  const said = words.value
  const writing = useMemo(() => new Writing(store), [store])
  const field = useRef<HTMLTextAreaElement>(null)
  const [picks, setPicks] = useState(false)
  const pasting = usePaste(field, writing)
  const ids = { list: useId(), space: useId(), mode: useId() }
  useEffect(() => writing.follow(), [writing])
  useFocusOnChoice(store, field)
  const holding = useHolding(writing)
  const text = writing.text.value
  const completion = useCompletion(store, text)
  useLayoutEffect(() => (field.current ? fit(field.current) : undefined), [text])

  const { connection } = store.state.value ?? {}
  const isOut = connection?.status === 'ended' && connection.why.code === 'no_access'
  const { type } = store.composing.value
  const isEdit = type === 'edit'
  const submit = (event?: Event) => {
    event?.preventDefault()
    completion.close()
    setPicks(false)
    if (!isOut) writing.send()
  }
  const press = (event: KeyboardEvent) => {
    if (!isComposed(event) && !completion.take(event)) pressed(event, writing, type === 'new', submit)
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

function leave(writing: Writing, field: RefObject<HTMLTextAreaElement | null>): void {
  writing.leave()
  field.current?.focus()
}
