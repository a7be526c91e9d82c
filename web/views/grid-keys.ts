// Arrows in a grid whose rows the stylesheet makes: a row is whatever stands at the same height.

/** Where the key leads from here, or `null` where it is no key for a grid. */
export function stepFrom(at: number, { key }: KeyboardEvent, cells: readonly HTMLElement[]): number | null {
  const top = cells[0]?.offsetTop
  const broken = cells.findIndex(({ offsetTop }) => offsetTop !== top)
  const columns = broken < 0 ? cells.length : broken
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: at - (at % columns),
    End: at - (at % columns) + columns - 1,
    PageDown: at + 5 * columns,
    PageUp: at - 5 * columns,
  }
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined
  return next === undefined ? null : Math.max(0, Math.min(cells.length - 1, next))
}
