// A row of the table: what is measured, what is asked, and what came out.

export interface Bar {
  readonly label: string
  /** The median, and the least and most of the runs. */
  readonly value: number
  readonly low: number
  readonly high: number
  readonly ours: boolean
}

export interface Figure {
  readonly asked: string
  readonly got: string
  /** How far beyond what is asked: 1 just meets it, less does not. */
  readonly margin: number
  readonly met: boolean
}

export interface RowResult {
  readonly name: string
  readonly work: string
  /** Of the bars: deliveries/s, ms, KB. */
  readonly unit: string
  readonly lessIsBetter: boolean
  readonly bars: readonly Bar[]
  readonly ours: string
  readonly floor: string
  readonly peers: string
  /** Shares of a core: servers and load. */
  readonly cpu: string
  readonly figures: readonly Figure[]
  readonly notes: readonly string[]
  /** The most that others took of a core while it was measured. */
  readonly noise: number
  /** Everything measured, for whoever wants to reckon anew. */
  readonly raw: unknown
}

export interface Run {
  readonly rounds: number
  say(line: string): void
}

export interface Row {
  readonly name: string
  readonly measure: (run: Run) => Promise<RowResult>
}

export function atLeast(got: number, asked: number, what: string, shown: (value: number) => string): Figure {
  return { asked: `≥ ${shown(asked)} ${what}`, got: shown(got), margin: got / asked, met: got >= asked }
}

export function atMost(got: number, asked: number, what: string, shown: (value: number) => string): Figure {
  return { asked: `≤ ${shown(asked)} ${what}`, got: shown(got), margin: asked / got, met: got <= asked }
}
