// A message out of its place: who said it and when, what, and the way to where it was said.
import type { ComponentChildren } from 'preact'
import type { Message } from '../../protocol/event.ts'
import type { RoomStore } from '../state/room.ts'
import { go, route } from '../state/route.ts'
import { excerptAround, piecesOf } from '../text/hits.ts'
import { plainOf } from '../text/plain.ts'
import { spoken } from '../words/spoken.ts'
import { clock, dayOf, exactly } from '../words/time.ts'
import { Avatar } from './avatar.tsx'

const words = spoken(
  {
    you: 'You',
    show: (who: string, when: string) => `Show the message of ${who}, ${when}`,
    showOwn: (when: string) => `You: show your message, ${when}`,
  },
  {
    you: 'Sie',
    show: (who, when) => `Nachricht von ${who} zeigen, ${when}`,
    showOwn: (when) => `Sie: Ihre Nachricht zeigen, ${when}`,
  },
)

const NARROW = '(max-width: 46rem)'
const LENGTH = 240

export interface FoundMessageProps {
  readonly store: RoomStore
  readonly message: Message
  /** Words to mark, as `wordsOf` gives them. */
  readonly marked?: readonly string[]
  /** What else can be done with it. */
  readonly children?: ComponentChildren
}

export function FoundMessage({ store, message, marked = [], children }: FoundMessageProps) {
  const { by, at, text, id } = message
  const isOwn = by === store.email
  const said = words.value
  const name = store.nameOf(by)
  const when = `${dayOf(at)}, ${clock(at)}`
  return (
    <li class="found">
      <Avatar name={name} seed={by} />
      <div class="found-body">
        <p class="found-by small">
          <button
            type="button"
            class="plain found-show"
            aria-label={isOwn ? said.showOwn(when) : said.show(name, when)}
            onClick={() => showInPlace(store, id)}
          >
            <bdi>{isOwn ? said.you : name}</bdi>
          </button>
          <time class="quiet" dateTime={new Date(at).toISOString()} title={exactly(at)}>
            {when}
          </time>
        </p>
        <p class="found-text" dir="auto">
          <Marked text={excerptAround(plainOf(text), marked, LENGTH)} words={marked} />
        </p>
      </div>
      {children}
    </li>
  )
}

function Marked({ text, words }: { readonly text: string; readonly words: readonly string[] }) {
  return (
    <>
      {piecesOf(text, words).map((piece, index) =>
        piece.hit ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
      )}
    </>
  )
}

/** On a narrow screen the panel covers the timeline, so it goes. */
function showInPlace(store: RoomStore, message: string): void {
  const panel = matchMedia(NARROW).matches ? null : route.value.panel
  if (route.value.message === message) store.show(message)
  go({ panel, message })
}
