// Loaded into a server before everything else: its time, and what it does later, go by the clock in a test's hand.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

interface Later {
  due: number
  readonly every: number | null
  readonly work: () => void
}

/** What is shorter than this is about the machine, not about people, and stays real. */
const SHORT_MILLISECONDS = 1_000
const LOOK_MILLISECONDS = 5

const file = process.env['CLOCK_FILE'] ?? ''
const wall = process.env['WALL_CLOCK_FILE'] ?? ''
const monotonic = performance.now.bind(performance)
const real = { now: Date.now, setTimeout, setInterval, clearTimeout, clearInterval }
const waiting = new Set<Later>()
let seen = 0

performance.now = () => monotonic() + Number(readFileSync(file, 'utf8'))
// The clock on the wall may be set, also back; nothing that waits goes by it.
Date.now = () => real.now() + Number(readFileSync(file, 'utf8')) + Number(readFileSync(wall, 'utf8'))
Object.assign(globalThis, {
  setTimeout: (work: () => void, milliseconds = 0) =>
    milliseconds < SHORT_MILLISECONDS ? real.setTimeout(work, milliseconds) : later(work, milliseconds, null),
  setInterval: (work: () => void, milliseconds = 0) =>
    milliseconds < SHORT_MILLISECONDS ? real.setInterval(work, milliseconds) : later(work, milliseconds, milliseconds),
  clearTimeout: callOff,
  clearInterval: callOff,
})
real.setInterval(look, LOOK_MILLISECONDS).unref()

function later(work: () => void, milliseconds: number, every: number | null) {
  const one: Later = { due: performance.now() + milliseconds, every, work }
  waiting.add(one)
  const refresh = () => {
    one.due = performance.now() + milliseconds
    waiting.add(one)
    return one
  }
  return Object.assign(one, { ref: () => one, unref: () => one, hasRef: () => true, refresh })
}

function callOff(timer: Later | Timer | undefined): void {
  if (timer && 'due' in timer) waiting.delete(timer)
  else real.clearTimeout(timer)
}

function look(): void {
  const ahead = Number(readFileSync(file, 'utf8')) // First, so that nothing counts as seen that was not due yet.
  const now = performance.now()
  for (const one of [...waiting].sort((a, b) => a.due - b.due)) {
    if (one.due > now || !waiting.has(one)) continue
    if (one.every === null) waiting.delete(one)
    else one.due = now + one.every
    one.work()
  }
  if (ahead === seen) return
  seen = ahead
  writeFileSync(`${file}.seen.new`, String(seen))
  renameSync(`${file}.seen.new`, `${file}.seen`)
}
