// Every figure of a process, under the name that Prometheus knows it by. docs/watch.md says what to make of them.
import { CLOSE } from '../../protocol/close.ts'
import type { RoomEvent } from '../../protocol/event.ts'
import { STATUS } from '../../protocol/refusal.ts'
import type { Watch } from '../chat/watch.ts'
import type { Answered } from '../http/watching.ts'
import type { SocketFacts } from '../http/websocket.ts'
import { Counter, type Family, type Figure, Gauge, Histogram } from './figures.ts'

const OUR_CLOSES = Object.values(CLOSE).map(({ code }) => String(code))
/** What the other side says, and what is said for one that said nothing. Others can be made up, so they count together. */
const KNOWN_CLOSES = [...new Set([...OUR_CLOSES, '1000', '1001', '1005', '1006'])]
/** Of a series that begins with its first count, that count is no increase. */
const REFUSALS = [...Object.keys(STATUS), 'bad_frame', 'rate_limited', 'text_too_long']
/** So many later, the one that was followed was refused. */
const GIVEN_UP = 256
const CHANGES = ['message', 'edited', 'deleted', 'reacted', 'pinned'] as const

/** What is counted from elsewhere, at the moment when somebody reads the figures. */
export interface Seen {
  readonly rooms: () => number
  readonly backlogBytes: () => number
  /** 1 for each part that answered the last time it was asked, 0 for each that did not. */
  readonly parts: () => Readonly<Record<string, number>>
}

export class ChatMetrics implements Watch {
  readonly clock: () => number
  readonly #figures: Figure[] = []
  #following = false
  #others = 0
  readonly #sockets = { plain: 0, v1: 0 }
  readonly #deliveries = this.#add(
    new Counter('propromo_chat_deliveries_total', 'Events given to sockets, one for each socket'),
  )
  readonly #received = this.#add(
    new Histogram(
      'propromo_chat_delivery_seconds',
      'From the arrival of a change to everyone here being told, storing included',
    ),
  ).of()
  readonly #refusals = this.#add(
    new Counter('propromo_chat_refusals_total', 'Times that somebody was told no', { name: 'code', known: REFUSALS }),
  )
  readonly #closes = this.#add(
    new Counter('propromo_chat_closes_total', 'Sockets closed, by close code', {
      name: 'code',
      known: [...KNOWN_CLOSES, 'other'],
    }),
  )
  readonly #logins = this.#add(
    new Counter('propromo_chat_logins_total', 'Logins, by what became of them', {
      name: 'outcome',
      known: ['in', 'wrong_credentials', 'too_many_attempts', 'logins_busy', 'accounts_unavailable'],
    }),
  )
  readonly #requests = this.#add(
    new Histogram('propromo_chat_request_seconds', 'Answers to requests, by route', {
      name: 'route',
      known: ['/login'],
    }),
  )
  readonly #statuses = this.#add(
    new Counter('propromo_chat_responses_total', 'Answers to requests, by status', {
      name: 'status',
      known: ['200', '500', '503'],
    }),
  )

  readonly #sends = this.#add(
    new Counter('propromo_chat_sends_total', 'Changes stored, by kind', { name: 'type', known: CHANGES }),
  )
  readonly #append = this.#add(new Histogram('propromo_chat_append_seconds', 'How long storing a change takes')).of()
  readonly store = this.#add(
    new Histogram('propromo_chat_store_seconds', 'How long the other questions to the store take', {
      name: 'verb',
      known: ['page'],
    }),
  )
  readonly storeFailures = this.#add(
    new Counter('propromo_chat_store_failures_total', 'Questions that the store could not answer'),
  )
  readonly accounts = this.#add(
    new Histogram(
      'propromo_chat_accounts_seconds',
      'How long questions about accounts take, with waiting for a turn and hashing',
      {
        name: 'verb',
        known: ['authenticate', 'membership'],
      },
    ),
  )
  readonly sql = this.#add(
    new Histogram('propromo_chat_sql_seconds', 'How long queries of the accounts database take'),
  ).of()
  readonly sqlFailures = this.#add(
    new Counter('propromo_chat_sql_failures_total', 'Queries that the accounts database did not answer'),
  )
  readonly redis = this.#add(
    new Histogram('propromo_chat_redis_seconds', 'How long Redis takes, with waiting for it while it is away', {
      name: 'command',
      known: ['script'],
    }),
  )

  constructor(clock: () => number) {
    this.clock = clock
    this.#add(new Gauge('propromo_chat_sockets', 'Open sockets in rooms', () => this.#sockets, { label: 'protocol' }))
    this.#add(new Gauge('propromo_chat_processes', 'Processes of this server that answered', () => 1))
  }

  look({ rooms, backlogBytes, parts }: Seen): void {
    this.#add(new Gauge('propromo_chat_rooms', 'Rooms alive; one that several processes have counts in each', rooms))
    this.#add(new Gauge('propromo_chat_backlog_bytes', 'Bytes that wait for sockets to take them', backlogBytes))
    const help = 'Whether a part answers: 1 or 0; of several processes the worst'
    this.#add(new Gauge('propromo_chat_part_ready', help, parts, { label: 'part', merge: 'min' }))
  }

  also(figures: readonly Figure[]): void {
    this.#figures.push(...figures)
  }

  read(): readonly Family[] {
    return this.#figures.map((figure) => figure.read())
  }

  /** Looking at the clock costs more than counting, so one change at a time is followed: of those that come together, the first. */
  arrived(): number {
    if (this.#following && ++this.#others < GIVEN_UP) return 0
    this.#following = true
    this.#others = 0
    return this.clock()
  }

  received(type: RoomEvent['type'], since: number, storedAt: number): void {
    this.#sends.add(type)
    if (since === 0) return
    this.#following = false
    this.#append.add(storedAt - since)
    this.#received.add(this.clock() - since)
  }

  /** `answered` is false where the database was not there. */
  queried(milliseconds: number, answered: boolean): void {
    this.sql.add(milliseconds)
    if (!answered) this.sqlFailures.add()
  }

  told(sockets: number): void {
    this.#deliveries.add('', sockets)
  }

  refused(code: string): void {
    this.#refusals.add(code)
    this.#following = false // It may have been this one; then the next is followed.
  }

  answered({ method, route, status, code, milliseconds }: Answered): void {
    if (code) this.#refusals.add(code)
    if (route === '/login' && method === 'POST') this.#logins.add(code ?? 'in')
    this.#requests.of(route).add(milliseconds)
    this.#statuses.add(String(status))
  }

  opened({ protocol }: SocketFacts): void {
    this.#sockets[protocol] += 1
  }

  closed(code: number, facts: SocketFacts | null): void {
    if (facts) this.#sockets[facts.protocol] -= 1
    this.#closes.add(KNOWN_CLOSES.includes(String(code)) ? String(code) : 'other')
  }

  #add<Kind extends Figure>(figure: Kind): Kind {
    this.#figures.push(figure)
    return figure
  }
}
