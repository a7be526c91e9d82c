// The chat of one process, put together from what it keeps things in and who watches it.
import type { WireLimits } from '../protocol/v1.ts'
import { HISTORY_PAGE } from '../protocol/v1-frames.ts'
import { issuers } from './adapters/issuers/issuers.ts'
import { Arrivals } from './chat/arrivals.ts'
import { Assertions } from './chat/assertion.ts'
import type { Broadcast } from './chat/audience.ts'
import { Auditor } from './chat/auditor.ts'
import { Expiry } from './chat/expiry.ts'
import { Exports } from './chat/exports.ts'
import { Gate } from './chat/gate.ts'
import { Hub } from './chat/hub.ts'
import { notesDeletions } from './chat/moderation.ts'
import { Pace } from './chat/pace.ts'
import type { PlainLimits } from './chat/plain.ts'
import { Searches } from './chat/searches.ts'
import { SignIns } from './chat/sign-in.ts'
import { Throttle } from './chat/throttle.ts'
import { Tickets } from './chat/ticket.ts'
import { Turns } from './chat/turns.ts'
import { SENDS_MILLISECONDS, type V1Limits } from './chat/v1.ts'
import type { Watch } from './chat/watch.ts'
import type { Config, Limits } from './config.ts'
import type { Accounts } from './ports/accounts.ts'
import { quietly } from './start.ts'
import type { Storage, World } from './storage.ts'

/** Logins that may wait to have their password checked. */
const LOGINS_WAITING = 128
/** Passwords that Propromo's site is asked about at once: each keeps one of its processes busy. */
const CHECKS_ELSEWHERE = 8
/** Of the sends of a member: looking up costs more than sending. */
const LOOKUPS_SHARE = 1 / 4
/** Plain scripts were never told of a limit: theirs only keeps one member from drowning the others. */
const PLAIN_SHARE = 10

export interface ChatWorld extends World {
  /** Milliseconds of a clock that nobody sets back, for how long something takes or lasts here. */
  readonly clock: () => number
}

export interface ChatParts {
  readonly accounts: Accounts
  readonly storage: Storage
  /** Passwords that may be hashed at once. */
  readonly hashing: number
  readonly broadcast: Broadcast
  readonly watch: Watch
}

export interface Chat {
  readonly hub: Hub
  readonly gate: Gate
  readonly arrivals: Arrivals
  readonly signIns: SignIns
  readonly auditor: Auditor
  readonly exports: Exports
  readonly expiry: Expiry
  readonly v1: V1Limits
  readonly plain: PlainLimits
}

export function assemble(config: Config, parts: ChatParts, { now, clock, random, after }: ChatWorld): Chat {
  const { accounts, storage, hashing, broadcast, watch } = parts
  const { ledger, log, broker, seats, audit, retention } = storage
  const { limits, plainHistory } = config
  const auditor = new Auditor(audit, config.keepAuditDays, now)
  const tickets = new Tickets(config.keys, now, random)

  const deletedByOwner = notesDeletions({ log, ledger, auditor, now })
  const room = {
    log,
    ledger,
    broker,
    plainHistory,
    limits: wireLimits(limits),
    after,
    broadcast,
    watch,
    deletedByOwner,
  }
  const hub = new Hub(accounts, room, clock)
  const ended = (signIns: readonly string[]) => {
    hub.signOut(signIns)
    broker.signedOut(signIns)
  }
  broker.onSignedOut((signIns) => hub.signOut(signIns))

  const turns = new Turns(config.passwordsAt ? CHECKS_ELSEWHERE : hashing, LOGINS_WAITING)
  const throttle = new Throttle(ledger, turns, limits.loginsPerMinute, now)
  const vouching = { issuers: issuers(config.issuers, clock), ledger, now, disbelieved: quietly(clock, 'An assertion') }
  const assertions = new Assertions(vouching)
  const { ticketsPerMinute } = limits
  const signing = { accounts, ledger, tickets, assertions, throttle, ticketsPerMinute, now, random, ended }
  const signIns = new SignIns(signing)

  const { textBytes, sendsPer10s } = limits
  const pace = (share: number) => new Pace(sendsPer10s * share, SENDS_MILLISECONDS, clock)
  return {
    hub,
    gate: new Gate({ tickets, accounts, ledger, hub }),
    arrivals: new Arrivals(limits, seats, clock),
    signIns,
    auditor,
    exports: new Exports({ signIns, accounts, log, auditor, now }),
    expiry: new Expiry({
      ...{ log, retention, now, usualDays: config.keepMessagesDays, holder: random(9) },
      keep: (room, draft) => hub.keep(room, draft),
      note: (gone) => auditor.note({ what: 'expired', by: 'chat', ...gone }),
      scrub: (isOff) => storage.scrub(isOff),
      pause: (milliseconds) => new Promise((resolve) => after(milliseconds, resolve)),
    }),
    v1: {
      ...{ textBytes, sends: pace(1), lookups: pace(LOOKUPS_SHARE), whispers: pace(1), watch },
      searches: new Searches(),
    },
    plain: { textBytes, sends: pace(PLAIN_SHARE), watch },
  }
}

function wireLimits({ textBytes, frameBytes, sendsPer10s }: Limits): WireLimits {
  const lifted = (limit: number) => (Number.isFinite(limit) ? limit : 0)
  return {
    text_bytes: lifted(textBytes),
    frame_bytes: frameBytes,
    history_page: HISTORY_PAGE,
    sends_per_10s: lifted(sendsPer10s),
  }
}
