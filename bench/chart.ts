// Charts as plain SVG: bars with the least and the most of the runs, readable in the dark too.
import { short } from './figures.ts'
import type { Bar } from './rows/row.ts'

export interface Chart {
  readonly title: string
  readonly subtitle: string
  readonly bars: readonly Bar[]
  /** A line across all bars, such as what is asked for. */
  readonly mark?: { readonly value: number; readonly label: string }
  /** Bars longer than this are cut off; their value still stands beside them. */
  readonly most?: number
  readonly shown?: (value: number) => string
}

const WIDTH = 760
const LABEL_WIDTH = 250
const VALUE_WIDTH = 90
const BAR_HEIGHT = 22
const STEP = 34
const TOP = 66
const SCALE = WIDTH - LABEL_WIDTH - VALUE_WIDTH

const STYLE = `
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .subtitle, .mark-label { font-size: 12px; fill: #59636e }
  .ground { fill: #ffffff }
  .bar { fill: #8c959f }
  .ours { fill: #0969da }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  .mark { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .subtitle, .mark-label { fill: #9198a1 }
    .ground { fill: #0d1117 }
    .bar { fill: #656c76 }
    .ours { fill: #4493f8 }
    .range { stroke: #f0f6fc }
    .mark { stroke: #f0883e }
  }`

export function barChart({ title, subtitle, bars, mark, most, shown = short }: Chart): string {
  const finite = bars.flatMap(({ value, high }) => [value, high]).filter(Number.isFinite)
  const longest = Math.min(most ?? Number.POSITIVE_INFINITY, Math.max(...finite, mark?.value ?? 0)) || 1
  const along = (value: number) => (Math.min(value, longest) / longest) * SCALE
  const height = TOP + bars.length * STEP + (mark ? 24 : 8)
  const read = bars.map(({ label, value }) => `${label}: ${shown(value)}`).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<desc>${escaped(`${subtitle}. ${read}`)}</desc>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="28">${escaped(title)}</text>
<text class="subtitle" x="16" y="48">${escaped(subtitle)}</text>
${bars.map((bar, index) => drawn(bar, TOP + index * STEP, along, shown)).join('\n')}
${mark ? markLine(mark, along, height) : ''}
</svg>
`
}

function drawn(bar: Bar, y: number, along: (value: number) => number, shown: (value: number) => string): string {
  const { label, value, low, high, ours } = bar
  const middle = y + BAR_HEIGHT / 2
  const name = `<text x="${LABEL_WIDTH - 8}" y="${middle + 5}" text-anchor="end">${escaped(label)}</text>`
  if (!Number.isFinite(value)) return `${name}<text x="${LABEL_WIDTH}" y="${middle + 5}">not measured</text>`
  const end = LABEL_WIDTH + Math.max(along(value), along(high))
  return [
    name,
    `<rect class="bar${ours ? ' ours' : ''}" x="${LABEL_WIDTH}" y="${y}" width="${along(value).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
    high > low ? rangeLine(LABEL_WIDTH + along(low), LABEL_WIDTH + along(high), middle) : '',
    `<text x="${(end + 8).toFixed(1)}" y="${middle + 5}">${escaped(shown(value))}</text>`,
  ].join('')
}

function rangeLine(from: number, to: number, y: number): string {
  return `<line class="range" x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${y}" y2="${y}"/>`
}

function markLine(
  { value, label }: { value: number; label: string },
  along: (value: number) => number,
  height: number,
) {
  const x = (LABEL_WIDTH + along(value)).toFixed(1)
  const line = `<line class="mark" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - 22}"/>`
  return `${line}<text class="mark-label" x="${x}" y="${height - 8}" text-anchor="middle">${escaped(label)}</text>`
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
