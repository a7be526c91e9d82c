// Leaving: here, or on all devices, which is asked about first; and so is what was not sent yet.
import { useEffect, useRef, useState } from 'preact/hooks'
import { AdmissionRefused } from '../../client/index.ts'
import { forgetHabits } from '../emoji/habits.ts'
import { account, signOut } from '../state/account.ts'
import { dialog } from '../state/dialog.ts'
import { rooms } from '../state/rooms.ts'
import { unsentBy } from '../state/unsent.ts'
import { counted, spoken } from '../words/spoken.ts'

const words = spoken(
  {
    here: 'Sign out',
    everywhere: 'Sign out on all devices',
    sureEverywhere: 'Every browser and phone on which you are signed in has to sign in again.',
    unsent: (count: number) =>
      `${counted(count, 'message or change', 'messages or changes')} not sent yet would be lost.`,
    begun: (count: number) =>
      `${counted(count, 'message that you have begun', 'messages that you have begun')} would be lost.`,
    yes: 'Yes, sign out',
    no: 'Cancel',
    failed: 'The chat cannot be reached, so you are still signed in. Try again.',
  },
  {
    here: 'Abmelden',
    everywhere: 'Auf allen Geräten abmelden',
    sureEverywhere: 'In jedem Browser und auf jedem Telefon müssten Sie sich neu anmelden.',
    unsent: (count) =>
      `${counted(count, 'noch nicht gesendete Nachricht oder Änderung ginge', 'noch nicht gesendete Nachrichten oder Änderungen gingen')} verloren.`,
    begun: (count) => `${counted(count, 'angefangene Nachricht ginge', 'angefangene Nachrichten gingen')} verloren.`,
    yes: 'Ja, abmelden',
    no: 'Abbrechen',
    failed: 'Der Chat ist nicht erreichbar, Sie sind daher noch angemeldet. Versuchen Sie es noch einmal.',
  },
)

export function SignOut() {
  const [asking, setAsking] = useState<{ readonly everywhere: boolean } | null>(null)
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle')
  const question = useRef<HTMLParagraphElement>(null)
  const said = words.value
  const outboxes = rooms.value.map(({ state }) => state.value?.outbox)
  const { changes, drafts } = unsentBy(account.value?.email ?? '', outboxes)
  const losses = [changes > 0 && said.unsent(changes), drafts > 0 && said.begun(drafts)].filter(Boolean)
  useEffect(() => question.current?.focus(), [asking])

  async function leave(everywhere: boolean): Promise<void> {
    setState('busy')
    for (const store of rooms.value) store.deletions.carryOutAll() // Afterwards nobody may any more.
    try {
      await signOut({ everywhere })
      forgetHabits()
      dialog.value = null
    } catch (error) {
      if (!(error instanceof AdmissionRefused)) throw error
      setState('failed')
    }
  }
  const ask = (everywhere: boolean) => {
    if (everywhere || losses.length > 0) setAsking({ everywhere })
    else leave(false)
  }
  return (
    <>
      {asking ? (
        <div class="sure">
          <p ref={question} tabIndex={-1}>
            {[...(asking.everywhere ? [said.sureEverywhere] : []), ...losses].join(' ')}
          </p>
          <p class="settings-more">
            <button type="button" disabled={state === 'busy'} onClick={() => leave(asking.everywhere)}>
              {said.yes}
            </button>
            <button type="button" class="second" onClick={() => setAsking(null)}>
              {said.no}
            </button>
          </p>
        </div>
      ) : (
        <p class="settings-more">
          <button type="button" class="second" disabled={state === 'busy'} onClick={() => ask(false)}>
            {said.here}
          </button>
          <button type="button" class="second" disabled={state === 'busy'} onClick={() => ask(true)}>
            {said.everywhere}
          </button>
        </p>
      )}
      <p role="alert" class="alarm">
        {state === 'failed' && said.failed}
      </p>
    </>
  )
}
