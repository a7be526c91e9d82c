// The way to Redis, each command timed on its way through.
import type { Connection } from '../adapters/redis/lines/connection.ts'
import type { ChatMetrics } from './metrics.ts'
import { timed } from './ports.ts'

export function watchedConnection(connection: Connection, { redis, clock }: ChatMetrics): Connection {
  const time = <Answer>(command: string, answer: Promise<Answer>) => timed(answer, clock, redis.of(command))
  return {
    run: (...asked) => time('script', connection.run(...asked)),
    send: (key, command, ...options) => time(command[0] ?? 'none', connection.send(key, command, ...options)),
    askServer: (...asked) => connection.askServer(...asked),
    scan: (...asked) => time('scan', connection.scan(...asked)),
    publish: (...asked) => time('publish', connection.publish(...asked)),
    subscribe: (...asked) => time('subscribe', connection.subscribe(...asked)),
    get answering() {
      return connection.answering
    },
    onRecovered: (hear) => connection.onRecovered(hear),
    settled: () => connection.settled(),
    close: () => connection.close(),
  }
}
