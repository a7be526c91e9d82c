// Which sign-ins have ended without a word of it: the word may be lost, and then nobody says it again (rule L9).
import { Refusal } from '../../protocol/refusal.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { After } from './presence.ts'

/** Asked at once. Thousands may be open, and whoever talks meanwhile is not to wait for them. */
const AT_ONCE = 64
/** Between one lot and the next. */
const PAUSE_MILLISECONDS = 10

export interface StandingParts {
  readonly ledger: Pick<Ledger, 'signedIn'>
  readonly after: After
}

/** Gives them lot by lot. While the store does not answer it gives no more: nobody is taken for signed out on its silence. */
export async function* endedAmong(
  signIns: ReadonlySet<string>,
  { ledger, after }: StandingParts,
): AsyncGenerator<readonly string[]> {
  const all = [...signIns]
  for (let from = 0; from < all.length; from += AT_ONCE) {
    if (from > 0) await new Promise<void>((resolve) => after(PAUSE_MILLISECONDS, resolve))
    const lot = all.slice(from, from + AT_ONCE)
    const answers = await Promise.allSettled(lot.map((id) => ledger.signedIn(id)))
    yield lot.filter((_, place) => isNo(answers[place]))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed?.reason instanceof Refusal) return
    if (failed) throw failed.reason
  }
}

function isNo(answer: PromiseSettledResult<boolean> | undefined): boolean {
  return answer?.status === 'fulfilled' && !answer.value
}
