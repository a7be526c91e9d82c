// How much of a core a process has had, and how much of that core others took, as the kernel counts it.
import { readFileSync } from 'node:fs'

/** The kernel's own unit here; Linux has had no other for long. */
const TICKS_PER_SECOND = 100

export interface Watched {
  readonly pid: number
  /** Where it is pinned. */
  readonly core: number
}

export interface CpuUse {
  /** Of a core, by process, in the order that they were given. */
  readonly shares: readonly number[]
  /** What anybody else took of the cores in question, the most of any one core: the noise of the machine. */
  readonly others: number
}

/** Starts a watch; asked again it tells of the time since then. */
export function watchCpu(watched: readonly Watched[]): () => CpuUse {
  const startedAt = performance.now()
  const cores = [...new Set(watched.map(({ core }) => core))]
  const before = watched.map(({ pid }) => processSeconds(pid))
  const busyBefore = cores.map(busySeconds)
  return () => {
    const seconds = (performance.now() - startedAt) / 1000
    const shares = watched.map(({ pid }, index) => (processSeconds(pid) - (before[index] ?? 0)) / seconds)
    const others = cores.map((core, index) => {
      const own = shares.reduce((sum, share, at) => sum + (watched[at]?.core === core ? share : 0), 0)
      return Math.max(0, (busySeconds(core) - (busyBefore[index] ?? 0)) / seconds - own)
    })
    return { shares, others: Math.max(...others) }
  }
}

/** Resident memory in KiB. */
export function residentKilobytes(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes)
}

function processSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the process stands in brackets and may hold anything, so the count starts behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Everything but idling and waiting for a disk: what a hypervisor takes away counts, since nobody here got it. */
export function busySeconds(core: number): number {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`cpu${core} `))
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (line ?? '')
    .split(' ')
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND
}
