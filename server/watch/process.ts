// What of the process itself is worth looking at: memory, time on the processor, and how late its event loop comes.
import { version } from '../../package.json'
import { type Figure, Gauge, Histogram } from './figures.ts'

const BEAT_MILLISECONDS = 250

/** `stop` ends the beat that measures the event loop. */
export function processFigures(clock: () => number): { readonly figures: readonly Figure[]; stop(): void } {
  const lag = new Histogram(
    'propromo_chat_event_loop_lag_seconds',
    'How late a timer rang that is set four times a second',
  )
  let due = clock() + BEAT_MILLISECONDS
  const timer = setInterval(() => {
    const now = clock()
    lag.of().add(Math.max(0, now - due))
    due = now + BEAT_MILLISECONDS
  }, BEAT_MILLISECONDS)
  const cpu = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000_000
  }
  const startedAt = Date.now() / 1_000 - process.uptime()
  return {
    figures: [
      lag,
      new Gauge('process_cpu_seconds_total', 'Time on the processor, of all threads', cpu, { type: 'counter' }),
      new Gauge('process_resident_memory_bytes', 'Memory in use', () => process.memoryUsage.rss()),
      new Gauge('propromo_chat_heap_bytes', 'Of it, what scripts hold', () => process.memoryUsage().heapUsed),
      new Gauge(
        'propromo_chat_external_bytes',
        'What is held for scripts elsewhere',
        () => process.memoryUsage().external,
      ),
      new Gauge('process_start_time_seconds', 'When the first of the processes started, since 1970', () => startedAt, {
        merge: 'min',
      }),
      new Gauge(
        'propromo_chat_build_info',
        'One for each process, by the version that it runs',
        () => ({ [version]: 1 }),
        {
          label: 'version',
        },
      ),
    ],
    stop: () => clearInterval(timer),
  }
}
