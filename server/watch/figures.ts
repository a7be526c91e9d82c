// Counters, gauges and histograms that cost next to nothing, and what they hold at one moment.

export type Merge = 'sum' | 'min' | 'max'

/** One metric at one moment, as it can be sent to another process. Samples are named as Prometheus writes them. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** How several processes are one. */
  readonly merge: Merge
  readonly samples: Readonly<Record<string, number>>
}

export interface Figure {
  read(): Family
}

/** What a figure is told apart by. Its values have to be few: each is a series that is kept for ever. */
export interface Label {
  readonly name: string
  /** Values that are there from the start, with nothing counted. */
  readonly known?: readonly string[]
}

export class Counter implements Figure {
  readonly #name: string
  readonly #help: string
  readonly #label: Label | undefined
  readonly #counts: Map<string, number>

  constructor(name: string, help: string, label?: Label) {
    this.#name = name
    this.#help = help
    this.#label = label
    this.#counts = new Map((label ? (label.known ?? []) : ['']).map((value) => [value, 0]))
  }

  add(value = '', count = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count)
  }

  read(): Family {
    const series = [...this.#counts].map(([value, count]) => [this.#name + braces(this.#label, value), count] as const)
    return {
      name: this.#name,
      help: this.#help,
      type: 'counter',
      merge: 'sum',
      samples: Object.fromEntries(series),
    }
  }
}

export interface GaugeOptions {
  readonly label?: string
  readonly merge?: Merge
  readonly type?: 'counter' | 'gauge'
}

/** Looked up only when somebody reads it. */
export class Gauge implements Figure {
  readonly #name: string
  readonly #help: string
  readonly #look: () => number | Readonly<Record<string, number>>
  readonly #options: GaugeOptions

  constructor(
    name: string,
    help: string,
    look: () => number | Readonly<Record<string, number>>,
    options: GaugeOptions = {},
  ) {
    this.#name = name
    this.#help = help
    this.#look = look
    this.#options = options
  }

  read(): Family {
    const { label, merge = 'sum', type = 'gauge' } = this.#options
    const seen = this.#look()
    const values = typeof seen === 'number' ? { '': seen } : seen
    const series = Object.entries(values).map(
      ([value, number]) =>
        [this.#name + braces(label === undefined ? undefined : { name: label }, value), number] as const,
    )
    return { name: this.#name, help: this.#help, type, merge, samples: Object.fromEntries(series) }
  }
}

/** From half a millisecond to the patience of a person. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Durations, told in milliseconds and read in seconds. */
export class Histogram implements Figure {
  readonly #name: string
  readonly #help: string
  readonly #label: Label | undefined
  readonly #all = new Map<string, Durations>()

  constructor(name: string, help: string, label?: Label) {
    this.#name = name
    this.#help = help
    this.#label = label
    for (const value of label ? (label.known ?? []) : ['']) this.of(value)
  }

  /** Those with this value, for whoever has many to tell. */
  of(value = ''): Durations {
    const known = this.#all.get(value)
    if (known) return known
    const durations = new Durations()
    this.#all.set(value, durations)
    return durations
  }

  read(): Family {
    const samples: Record<string, number> = {}
    for (const [value, durations] of this.#all) {
      let upTo = 0
      for (const [index, count] of durations.counts.entries()) {
        upTo += count
        samples[`${this.#name}_bucket${braces(this.#label, value, String(BOUNDS[index] ?? '+Inf'))}`] = upTo
      }
      samples[`${this.#name}_sum${braces(this.#label, value)}`] = durations.milliseconds / 1_000
      samples[`${this.#name}_count${braces(this.#label, value)}`] = upTo
    }
    return { name: this.#name, help: this.#help, type: 'histogram', merge: 'sum', samples }
  }
}

export class Durations {
  readonly counts = new Float64Array(BOUNDS.length + 1)
  milliseconds = 0

  add(milliseconds: number): void {
    let bucket = 0
    while (milliseconds > (BOUNDS[bucket] ?? Number.POSITIVE_INFINITY) * 1_000) bucket++
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.milliseconds += milliseconds
  }
}

function braces(label: Label | undefined, value: string, bound?: string): string {
  const pairs = [
    ...(label ? [`${label.name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`] : []),
    ...(bound === undefined ? [] : [`le="${bound}"`]),
  ]
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
