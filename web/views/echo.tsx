// What one has just said, until it is stored: on its way, or failed, and what to do then.
import { useRef } from 'preact/hooks'
import type { Echo } from '../../client/index.ts'
import { spoken } from '../words/spoken.ts'
import { clock } from '../words/time.ts'
import { Avatar } from './avatar.tsx'
import { FailureLine } from './failure.tsx'
import { Glyph } from './glyph.tsx'
import { Reach, useHere } from './here.ts'
import { Markdown } from './markdown.tsx'
import { ReplyPreview } from './reply-preview.tsx'
import { useTakeFocus } from './take-focus.ts'
import type { WalkPlace } from './walk.ts'

const words = spoken(
  { sending: 'Sending …', waits: 'Not sent yet', name: (name: string) => `${name}, not sent yet` },
  { sending: 'Wird gesendet …', waits: 'Noch nicht gesendet', name: (name) => `${name}, noch nicht gesendet` },
)

export interface EchoViewProps {
  readonly echo: Echo
  readonly startsGroup: boolean
  readonly place: WalkPlace
  readonly isStop: boolean
}

export function EchoView({ echo, startsGroup, place, isStop }: EchoViewProps) {
  const { passage } = useHere()
  const { email } = passage.store
  const article = useRef<HTMLElement>(null)
  useTakeFocus(article, place, echo.id)
  const name = passage.nameOf(email)
  const { text, replyTo } = textOf(echo)
  return (
    <Reach.Provider value={isStop}>
      <article
        ref={article}
        class="message"
        tabIndex={isStop ? 0 : -1}
        aria-label={words.value.name(name)}
        data-starts={startsGroup}
        data-own="true"
        data-status={echo.status}
        onFocus={() => {
          place.at.value = echo.id
        }}
      >
        {startsGroup ? <Avatar name={name} seed={email} /> : <span />}
        <div class="message-body">
          {startsGroup && (
            <p class="message-head">
              <bdi class="message-name">{name}</bdi>{' '}
              <time class="message-time" dateTime={new Date(echo.writtenAt).toISOString()}>
                {clock(echo.writtenAt)}
              </time>
            </p>
          )}
          {replyTo !== undefined && <ReplyPreview id={replyTo} />}
          <Markdown text={text} people={passage.members.value} you={email} />
          {echo.status === 'failed' ? <FailureLine entry={echo} /> : <Pending echo={echo} />}
        </div>
      </article>
    </Reach.Provider>
  )
}

function Pending({ echo }: { readonly echo: Echo }) {
  if (echo.status === 'stored') return null
  const text = echo.status === 'waiting' ? words.value.waits : words.value.sending
  return (
    <p class="message-notes message-pending quiet">
      <Glyph name="clock" />
      {text}
    </p>
  )
}

function textOf({ change }: Echo): { readonly text: string; readonly replyTo?: string } {
  return change
}
