// Figures of one process or many, as the text that Prometheus reads.
import type { Family, Merge } from './figures.ts'

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function textOf(families: readonly Family[]): string {
  const blocks = families.map(({ name, help, type, samples }) => {
    const lines = Object.entries(samples).map(([sample, value]) => `${sample} ${value}\n`)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
  })
  return blocks.join('')
}

/** What several processes have counted, as if one had. */
export function merged(processes: readonly (readonly Family[])[]): readonly Family[] {
  const all = new Map<string, Family>()
  for (const family of processes.flat()) {
    const known = all.get(family.name)
    all.set(family.name, known ? { ...known, samples: together(known, family) } : family)
  }
  return [...all.values()]
}

/** What remains of a process that has ended: were its counts taken away, all that was counted since would seem to be counted again. */
export function remains(families: readonly Family[]): readonly Family[] {
  return families.filter(({ type }) => type !== 'gauge')
}

function together(known: Family, more: Family): Record<string, number> {
  const samples = { ...known.samples }
  for (const [sample, value] of Object.entries(more.samples)) {
    const before = samples[sample]
    samples[sample] = before === undefined ? value : merge(known.merge, before, value)
  }
  return samples
}

function merge(how: Merge, one: number, other: number): number {
  switch (how) {
    case 'sum':
      return one + other
    case 'min':
      return Math.min(one, other)
    case 'max':
      return Math.max(one, other)
  }
}
