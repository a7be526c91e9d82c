// The truth about the connection: nothing while all is well, and else since when, and what waits.
import './connection.css'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ConnectionState } from '../../client/index.ts'
import type { RoomStore } from '../state/room.ts'
import { counted, spoken } from '../words/spoken.ts'
import { moment } from '../words/time.ts'
import { useElapsed } from './elapsed.ts'
import { Glyph } from './glyph.tsx'
import { toMessages } from './hand-on.ts'

const words = spoken(
  {
    live: 'Live',
    connecting: 'Connecting …',
    catchingUp: 'Catching up …',
    offline: (since: string) => `Offline since ${since}`,
    waiting: (count: number) => counted(count, 'message waiting', 'messages waiting'),
    stale: 'What you see may be out of date.',
    tryNow: 'Try now',
    ended: {
      no_access: 'You are no longer a member of this chat.',
      signed_out: 'Your sign-in has ended.',
    } as Readonly<Record<string, string>>,
    endedOtherwise: 'The chat cannot go on here. Reload the page, and tell us if that does not help.',
  },
  {
    live: 'Live',
    connecting: 'Verbindung wird aufgebaut …',
    catchingUp: 'Verpasstes wird geladen …',
    offline: (since) => `Offline seit ${since}`,
    waiting: (count) => counted(count, 'Nachricht wartet', 'Nachrichten warten'),
    stale: 'Was Sie sehen, ist vielleicht nicht der neueste Stand.',
    tryNow: 'Jetzt versuchen',
    ended: {
      no_access: 'Sie sind kein Mitglied dieses Chats mehr.',
      signed_out: 'Ihre Anmeldung ist beendet.',
    },
    endedOtherwise:
      'Der Chat kann hier nicht weitergehen. Laden Sie die Seite neu, und sagen Sie uns, wenn das nicht hilft.',
  },
)

/** A break this short is nobody's business. */
const CALM_MILLISECONDS = 1_500

export function ConnectionLine({ store }: { readonly store: RoomStore }) {
  const connection = store.state.value?.connection ?? { status: 'connecting' as const }
  const since = store.offlineSince.value
  // What was said once stays while the page tries by itself: whoever is about to press the button would lose it, and the focus too.
  const wasSaid = useRef(false)
  const overdue = useElapsed(since, CALM_MILLISECONDS) || wasSaid.current
  const text = sentence(connection, since, overdue)
  wasSaid.current = since !== null && text !== null
  const mayTry = since !== null && connection.status !== 'catching_up' && connection.status !== 'ended'
  const waiting = store.waiting
  return (
    <div class="connection" role="status" data-status={connection.status} hidden={text === null}>
      {text !== null && (
        <>
          <Glyph name={connection.status === 'ended' ? 'alarm' : 'clock'} />
          <span>
            {[text, ...(waiting > 0 && connection.status !== 'ended' ? [words.value.waiting(waiting)] : [])].join(', ')}
          </span>
          {mayTry && <TryNow store={store} />}
        </>
      )}
    </div>
  )
}

function TryNow({ store }: { readonly store: RoomStore }) {
  const button = useRef<HTMLButtonElement>(null)
  // It goes by itself too, when the page has come back: whoever stands on it is taken along before it is gone.
  useLayoutEffect(() => {
    const currentTarget = button.current
    return () => currentTarget && toMessages({ currentTarget })
  }, [])
  return (
    <button
      ref={button}
      type="button"
      class="plain"
      onClick={(event) => {
        toMessages(event)
        store.room.tryNow()
      }}
    >
      {words.value.tryNow}
    </button>
  )
}

function sentence(connection: ConnectionState, since: number | null, overdue: boolean): string | null {
  const said = words.value
  switch (connection.status) {
    case 'live':
      return null
    case 'connecting':
      return overdue && since !== null
        ? said.offline(moment(since))
        : since === null || overdue
          ? said.connecting
          : null
    case 'catching_up':
      return said.catchingUp
    case 'waiting':
    case 'offline':
      return since !== null && (overdue || connection.status === 'offline') ? said.offline(moment(since)) : null
    case 'ended':
      return said.ended[connection.why.code] ?? said.endedOtherwise
  }
}
