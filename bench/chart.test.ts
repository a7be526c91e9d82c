// Charts hold what they were given, and nothing that was given breaks out of them.
import { expect, test } from 'bun:test'
import { barChart, escaped } from './chart.ts'

const bar = { label: 'ours', value: 50, low: 40, high: 60, ours: true }

test('text cannot break out of the chart', () => {
  const hostile = '</text><script>alert("&")</script>'
  const svg = barChart({ title: hostile, subtitle: hostile, bars: [{ ...bar, label: hostile }] })
  expect(svg).not.toContain('<script')
  expect(svg).toContain(escaped(hostile))
})

test('the longest bar is as long as the chart is wide, and the others in proportion', () => {
  const svg = barChart({ title: '', subtitle: '', bars: [bar, { ...bar, value: 30, low: 30, high: 30, ours: false }] })
  const widths = [...svg.matchAll(/class="bar[^"]*" x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  expect(widths).toEqual([350, 210])
})

test('a bar without a value says that it was not measured', () => {
  const svg = barChart({
    title: '',
    subtitle: '',
    bars: [{ ...bar, value: Number.NaN, low: Number.NaN, high: Number.NaN }],
  })
  expect(svg).toContain('not measured')
  expect(svg).not.toContain('NaN"')
})

test('values are written out, so that nobody has to guess them from the length', () => {
  expect(barChart({ title: '', subtitle: '', bars: [bar] })).toContain('>50.0</text>')
})
