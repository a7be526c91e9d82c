// The ports of the chat and the way to Redis, each verb a part of the trace in which it is asked.
import type { Connection } from '../../adapters/redis/lines/connection.ts'
import type { Broadcast } from '../../chat/audience.ts'
import type { Accounts } from '../../ports/accounts.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Log } from '../../ports/log.ts'
import type { Part, Tracing } from './tracing.ts'

export function tracedLog(log: Log, tracing: Tracing): Log {
  return traced(log, tracing, (verb, asked) => {
    if (verb !== 'append') return { name: `log.${verb}`, frame: verb }
    return { name: 'log.append', frame: 'send', facts: { 'propromo_chat.change': typeOf(asked[1]) } }
  })
}

export function tracedLedger(ledger: Ledger, tracing: Tracing): Ledger {
  return traced(ledger, tracing, (verb) => ({ name: `ledger.${verb}` }))
}

export function tracedAccounts(accounts: Accounts, tracing: Tracing): Accounts {
  const inTrace = traced(accounts, tracing, (verb) => ({ name: `accounts.${verb}` }))
  const authenticate: Accounts['authenticate'] = (email, password, inTurn = (check) => check()) =>
    inTrace.authenticate(email, password, (check) => {
      const waiting = Promise.withResolvers<void>()
      tracing.part({ name: 'wait for a turn' }, () => waiting.promise)
      const right = inTurn(() => {
        waiting.resolve()
        return tracing.part({ name: 'check the password' }, check)
      })
      const ended = () => waiting.resolve() // Some are told no before it is their turn.
      right.then(ended, ended)
      return right
    })
  return new Proxy(inTrace, {
    get: (held, verb) => (verb === 'authenticate' ? authenticate : Reflect.get(held, verb)),
  })
}

export function tracedConnection(connection: Connection, tracing: Tracing): Connection {
  const ask = <Answer>(command: string, work: () => Answer) =>
    tracing.part({ name: `redis ${command}`, isElsewhere: true, facts: { 'db.system.name': 'redis' } }, work)
  return {
    run: (...asked) => ask('script', () => connection.run(...asked)),
    send: (key, command, ...options) => ask(command[0] ?? 'none', () => connection.send(key, command, ...options)),
    askServer: (...asked) => connection.askServer(...asked),
    scan: (...asked) => ask('scan', () => connection.scan(...asked)),
    publish: (...asked) => ask('publish', () => connection.publish(...asked)),
    subscribe: (...asked) => ask('subscribe', () => connection.subscribe(...asked)),
    get answering() {
      return connection.answering
    },
    onRecovered: (hear) => connection.onRecovered(hear),
    settled: () => connection.settled(),
    close: () => connection.close(),
  }
}

export function tracedBroadcast(broadcast: Broadcast, tracing: Tracing): Broadcast {
  return (topic, text) => tracing.part({ name: 'broadcast' }, () => broadcast(topic, text))
}

/** Every verb is a question here, and new ones are traced without a line of their own. */
function traced<Port extends object>(
  port: Port,
  tracing: Tracing,
  partOf: (verb: string, asked: readonly unknown[]) => Part,
): Port {
  return new Proxy(port, {
    get(held, verb) {
      const found: unknown = Reflect.get(held, verb)
      if (typeof found !== 'function' || typeof verb === 'symbol') return found
      return (...asked: unknown[]) => tracing.part(partOf(verb, asked), () => Reflect.apply(found, held, asked))
    },
  })
}

function typeOf(draft: unknown): string {
  return typeof draft === 'object' && draft !== null && 'type' in draft ? String(draft.type) : 'none'
}
