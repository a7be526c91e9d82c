// What has to be looked after from time to time, for as long as a process serves.
import type { Chat } from './assemble.ts'
import { LOOK_MILLISECONDS as EXPIRY_MILLISECONDS } from './chat/expiry.ts'
import { LOOK_MILLISECONDS, SIGN_INS_MILLISECONDS } from './chat/hub.ts'
import type { Pace } from './chat/pace.ts'
import { SWEEP_MILLISECONDS } from './chat/roster.ts'

/** What has had its time is forgotten so often. */
const TIDY_MILLISECONDS = 60 * 60 * 1000

/** Gives back what ends it. What fails once is tried again the next time. */
export function startUpkeep({ hub, auditor, expiry, v1, plain }: Chat): () => void {
  const tidy = attempt('tidying up the audit', () => auditor.sweep())
  const expire = attempt('deleting what has had its time', () => expiry.look())
  tidy()
  expire()
  const timers = [
    setInterval(tidy, TIDY_MILLISECONDS),
    setInterval(expire, EXPIRY_MILLISECONDS),
    setInterval(() => auditor.turnMinute(), SWEEP_MILLISECONDS),
    setInterval(() => sweepPaces(v1.sends, v1.lookups, v1.whispers, plain.sends), SWEEP_MILLISECONDS),
    setInterval(
      attempt('looking after the rooms', () => hub.sweep()),
      SWEEP_MILLISECONDS,
    ),
    setInterval(
      attempt('asking after sign-ins', () => hub.signOutEnded()),
      SIGN_INS_MILLISECONDS,
    ),
    setInterval(
      attempt('comparing the rooms with the log', () => hub.look()),
      LOOK_MILLISECONDS,
    ),
  ]
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

function attempt(what: string, work: () => Promise<void>): () => void {
  return () => {
    work().catch((error: unknown) => console.error(`${what} failed: ${error}`))
  }
}

function sweepPaces(...paces: readonly Pace[]): void {
  for (const pace of paces) pace.sweep()
}
