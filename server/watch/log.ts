// What of the door and of the sockets is written into the log.
import { type Answered, ASKED_BY_MACHINES } from '../http/watching.ts'
import type { SocketFacts } from '../http/websocket.ts'
import { type Level, Lines, type LogSettings } from './lines.ts'

/** The log of this process. From now on whatever any part of it says to the console is a line of it too. */
export function openLog(settings: LogSettings): Lines {
  const { log, error } = console
  const lines = new Lines(settings, {
    out: (line) => log(line),
    error: (line) => error(line),
    now: Date.now,
    pid: process.pid,
  })
  console.log = (...said) => lines.line('info', said.map(String).join(' '))
  console.error = (...said) => lines.line('error', said.map(String).join(' '))
  console.warn = (...said) => lines.line('warn', said.map(String).join(' '))
  return lines
}

export function logRequest(lines: Lines, answered: Answered): void {
  const level = levelOf(answered)
  if (!lines.wants(level)) return
  const { milliseconds, ...fields } = answered
  lines.line(level, 'answered', { ...fields, ms: Math.round(milliseconds * 10) / 10 })
}

/** Supervisors ask every few seconds, and nobody wants to read that. */
function levelOf({ route, status }: Answered): Level {
  return ASKED_BY_MACHINES.has(route) && status < 400 ? 'debug' : 'info'
}

export function logOpened(lines: Lines, facts: SocketFacts): void {
  if (lines.wants('debug')) lines.line('debug', 'a socket came in', { ...facts })
}

export function logClosed(lines: Lines, code: number, milliseconds: number, facts: SocketFacts | null): void {
  if (lines.wants('debug')) lines.line('debug', 'a socket was closed', { ...facts, code, ms: Math.round(milliseconds) })
}
