// Numbers about numbers: quantiles, medians, and how people read them.

/** The value below which this share of the sorted values lies. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle one, or halfway between the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN
  return (upper + lower) / 2
}

/** Three digits that matter: 1.52M, 14.7k, 380, 6.25. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value >= 1_000_000) return `${digits(value / 1_000_000)}M`
  if (value >= 1_000) return `${digits(value / 1_000)}k`
  return digits(value)
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : '–'
}

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value.toFixed(2)
}
