// Whether a level stays where it is: a line through it, and how sure the line is.

export interface Sample {
  readonly at: number
  readonly value: number
}

export interface Trend {
  /** Per minute. */
  readonly slope: number
  /** The slope is as likely as 95 % within this of what it seems. */
  readonly uncertainty: number
  readonly level: number
  readonly minutes: number
}

/** Neighbouring samples know each other: their means over so long count as one value. */
const BLOCK_SECONDS = 20
/** Of Student's distribution, two-sided, for 3, 4, … degrees of freedom; the last one beyond that. */
const STUDENT = [3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09]

/** `null` where there is too little to say anything. */
export function trendOf(samples: readonly Sample[]): Trend | null {
  const blocks = blocksOf(samples)
  const count = blocks.length
  if (count < 5) return null
  const [meanAt, level] = [mean(blocks.map(({ at }) => at)), mean(blocks.map(({ value }) => value))]
  const spread = sum(blocks.map(({ at }) => (at - meanAt) ** 2))
  const slope = sum(blocks.map(({ at, value }) => (at - meanAt) * (value - level))) / spread
  const residual = sum(blocks.map(({ at, value }) => (value - level - slope * (at - meanAt)) ** 2)) / (count - 2)
  const student = STUDENT[Math.min(count - 5, STUDENT.length - 1)] ?? 2
  const minutes = ((blocks.at(-1)?.at ?? 0) - (blocks[0]?.at ?? 0)) / 60
  return { slope: slope * 60, uncertainty: student * Math.sqrt(residual / spread) * 60, level, minutes }
}

/** Flat: the line may well be level, or it rises by less than this share of the level in the whole time. */
const LITTLE = 0.05

export function isFlat({ slope, uncertainty, level, minutes }: Trend): boolean {
  return slope - uncertainty <= 0 || slope * minutes <= level * LITTLE
}

function blocksOf(samples: readonly Sample[]): readonly Sample[] {
  const blocks = new Map<number, Sample[]>()
  for (const sample of samples) {
    const block = Math.floor(sample.at / BLOCK_SECONDS)
    blocks.set(block, [...(blocks.get(block) ?? []), sample])
  }
  return [...blocks.values()].map((inside) => ({
    at: mean(inside.map(({ at }) => at)),
    value: mean(inside.map(({ value }) => value)),
  }))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
