// The run as one picture: deliveries a second, how long they took, and memory, with every fault where it happened.
import { escaped } from '../chart.ts'
import { quantile, short } from '../figures.ts'
import type { Ran } from './run.ts'

interface Line {
  readonly name: string
  readonly points: readonly (readonly [at: number, value: number])[]
}

interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
  /** Tenfold steps instead of even ones. */
  readonly logarithmic?: boolean
}

const WIDTH = 960
const LEFT = 64
const PANEL_HEIGHT = 130
const STEP = 178
const TOP = 84
const SCALE = WIDTH - LEFT - 20
const BIN_SECONDS = 2

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .faint { fill: #59636e }
  .ground { fill: #ffffff }
  .frame { fill: none; stroke: #8c959f }
  .fault { fill: #bc4c00; fill-opacity: .18 }
  .line { fill: none; stroke-width: 1.5 }
  .c0 { stroke: #0969da; fill: #0969da } .c1 { stroke: #8250df; fill: #8250df } .c2 { stroke: #1a7f37; fill: #1a7f37 }
  polyline.line { fill: none } text.c0, text.c1, text.c2 { stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .faint { fill: #9198a1 } .ground { fill: #0d1117 } .frame { stroke: #656c76 }
    .fault { fill: #f0883e; fill-opacity: .25 }
    .c0 { stroke: #4493f8; fill: #4493f8 } .c1 { stroke: #ab7df8; fill: #ab7df8 } .c2 { stroke: #3fb950; fill: #3fb950 }
  }`

export function pictureOf(ran: Ran): string {
  const { faults, options, seconds } = ran
  const panels = panelsOf(ran)
  const kinds = [...new Set(faults.map(({ what }) => what))]
  const legendTop = TOP + panels.length * STEP
  const height = legendTop + 30 + Math.ceil(kinds.length / 4) * 20
  const along = (at: number) => LEFT + (Math.min(at, seconds) / seconds) * SCALE
  const marks = faults.map(({ what, from, to }) => {
    const width = Math.max(2, along(to) - along(from)).toFixed(1)
    const band = `<rect class="fault" x="${along(from).toFixed(1)}" y="${TOP - 20}" width="${width}" height="${legendTop - TOP - 28}"/>`
    return `${band}<text x="${along(from).toFixed(1)}" y="${TOP - 24}">${kinds.indexOf(what) + 1}</text>`
  })
  const legend = kinds.map((what, index) => {
    const [x, y] = [LEFT + (index % 4) * 220, legendTop + 16 + Math.floor(index / 4) * 20]
    return `<text x="${x}" y="${y}">${index + 1} ${escaped(what)}</text>`
  })
  const title = `${options.minutes} minutes of mixed load with faults`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="28">${escaped(title)}</text>
${marks.join('\n')}
${panels.map((panel, index) => drawn(panel, TOP + index * STEP, along, seconds)).join('\n')}
${legend.join('\n')}
</svg>
`
}

function panelsOf({ tally, gauged, seconds }: Ran): readonly Panel[] {
  const bins = Array.from({ length: Math.ceil(seconds / BIN_SECONDS) }, (): number[] => [])
  for (const { at, milliseconds } of tally.deliveries) bins[Math.floor(at / BIN_SECONDS)]?.push(milliseconds)
  for (const bin of bins) bin.sort((a, b) => a - b)
  const each = (value: (bin: readonly number[]) => number) =>
    bins.map((bin, index) => [(index + 0.5) * BIN_SECONDS, value(bin)] as const)
  const servers = [...new Set(gauged.map(({ server }) => server))].sort()
  return [
    {
      title: 'timed deliveries to watchers, a second',
      lines: [{ name: '', points: each((bin) => bin.length / BIN_SECONDS) }],
    },
    {
      title: 'from written to heard, ms',
      logarithmic: true,
      lines: [
        { name: 'p50', points: each((bin) => quantile(bin, 0.5)) },
        { name: 'p99', points: each((bin) => quantile(bin, 0.99)) },
      ],
    },
    {
      title: 'memory of each server, MiB',
      lines: servers.map((server) => ({
        name: `server ${server + 1}`,
        points: gauged
          .filter((sample) => sample.server === server)
          .map(({ at, megabytes }) => [at, megabytes] as const),
      })),
    },
  ]
}

function drawn(
  { title, lines, logarithmic }: Panel,
  top: number,
  along: (at: number) => number,
  seconds: number,
): string {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite)
  const most = values.reduce((a, b) => Math.max(a, b), logarithmic ? 10 : 1)
  const up = logarithmic
    ? (value: number) => Math.log10(Math.max(1, value)) / Math.log10(most)
    : (value: number) => value / most
  const y = (value: number) => (top + PANEL_HEIGHT - up(value) * PANEL_HEIGHT).toFixed(1)
  const ticks = logarithmic ? [1, 10, 100, 1_000, 10_000, 100_000].filter((tick) => tick <= most) : [0, most / 2, most]
  const minutes = Array.from({ length: Math.floor(seconds / 60) + 1 }, (_, minute) => minute)
  return [
    `<rect class="frame" x="${LEFT}" y="${top}" width="${SCALE}" height="${PANEL_HEIGHT}"/>`,
    ...ticks.map(
      (tick) =>
        `<text class="faint" x="${LEFT - 6}" y="${Number(y(tick)) + 4}" text-anchor="end">${short(tick)}</text>`,
    ),
    ...minutes.map(
      (minute) =>
        `<text class="faint" x="${along(minute * 60).toFixed(1)}" y="${top + PANEL_HEIGHT + 15}">${minute}:00</text>`,
    ),
    `<text x="${LEFT}" y="${top - 6}">${escaped(title)}</text>`,
    ...lines.map(
      ({ name }, index) =>
        `<text class="c${index}" x="${LEFT + 240 + index * 80}" y="${top - 6}">${escaped(name)}</text>`,
    ),
    ...lines.map(({ points }, index) => {
      const path = points
        .filter(([, value]) => Number.isFinite(value))
        .map(([at, value]) => `${along(at).toFixed(1)},${y(value)}`)
      return `<polyline class="line c${index}" points="${path.join(' ')}"/>`
    }),
  ].join('\n')
}
