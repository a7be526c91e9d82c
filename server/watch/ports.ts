// The ports of the chat, each verb timed on its way through.
import { FrameRefusal } from '../../protocol/refusal.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Counter, Durations } from './figures.ts'
import type { ChatMetrics } from './metrics.ts'

export function watchedLog(log: Log, metrics: ChatMetrics): Log {
  const time = timing(metrics)
  const failed = failing(metrics.storeFailures)
  return {
    append(...asked) {
      const stored = log.append(...asked) // The chat says itself how long that took: it is what happens most often.
      stored.then(undefined, failed)
      return stored
    },
    since: (...asked) => time('since', log.since(...asked)),
    end: (...asked) => time('end', log.end(...asked)),
    page: (...asked) => time('page', log.page(...asked)),
    search: (...asked) => time('search', log.search(...asked)),
    pins: (...asked) => time('pins', log.pins(...asked)),
    lastBefore: (...asked) => time('lastBefore', log.lastBefore(...asked)),
    markRead: (...asked) => time('markRead', log.markRead(...asked)),
    readMarks: (...asked) => time('readMarks', log.readMarks(...asked)),
    forgetReadMark: (...asked) => time('forgetReadMark', log.forgetReadMark(...asked)),
    rooms: () => time('rooms', log.rooms()),
  }
}

export function watchedLedger(ledger: Ledger, metrics: ChatMetrics): Ledger {
  const time = timing(metrics)
  return {
    spend: (...asked) => time('spend', ledger.spend(...asked)),
    spent: (...asked) => time('spent', ledger.spent(...asked)),
    startSignIn: (...asked) => time('startSignIn', ledger.startSignIn(...asked)),
    renewSignIn: (...asked) => time('renewSignIn', ledger.renewSignIn(...asked)),
    endSignIn: (...asked) => time('endSignIn', ledger.endSignIn(...asked)),
    endSignInsWith: (...asked) => time('endSignInsWith', ledger.endSignInsWith(...asked)),
    signInsOf: (...asked) => time('signInsOf', ledger.signInsOf(...asked)),
    endSignInOf: (...asked) => time('endSignInOf', ledger.endSignInOf(...asked)),
    signedIn: (...asked) => time('signedIn', ledger.signedIn(...asked)),
    count: (...asked) => time('count', ledger.count(...asked)),
    tallies: (...asked) => time('tallies', ledger.tallies(...asked)),
    forget: (...asked) => time('forget', ledger.forget(...asked)),
  }
}

export function watchedAccounts(accounts: Accounts, { accounts: durations, clock }: ChatMetrics): Accounts {
  const time = <Answer>(verb: string, answer: Promise<Answer>) => timed(answer, clock, durations.of(verb))
  return {
    authenticate: (...asked) => time('authenticate', accounts.authenticate(...asked)),
    findByEmail: (...asked) => time('findByEmail', accounts.findByEmail(...asked)),
    find: (...asked) => time('find', accounts.find(...asked)),
    memberships: (...asked) => time('memberships', accounts.memberships(...asked)),
    membership: (...asked) => time('membership', accounts.membership(...asked)),
    members: (...asked) => time('members', accounts.members(...asked)),
    close: () => accounts.close(),
  }
}

function timing({ store, storeFailures, clock }: ChatMetrics) {
  return <Answer>(verb: string, answer: Promise<Answer>) => timed(answer, clock, store.of(verb), storeFailures)
}

/** The answer itself, not one that comes a moment later: some of what follows an answer has to follow at once. */
export function timed<Answer>(
  answer: Promise<Answer>,
  clock: () => number,
  durations: Durations,
  failures?: Counter,
): Promise<Answer> {
  const began = clock()
  const failed = failing(failures)
  answer.then(
    () => durations.add(clock() - began),
    (error) => {
      durations.add(clock() - began)
      failed(error)
    },
  )
  return answer
}

/** Counts what could not be answered; to be told no is an answer. */
function failing(failures: Counter | undefined): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof FrameRefusal)) failures?.add()
  }
}
