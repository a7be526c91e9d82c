// Figures, what Prometheus reads of them, and several processes as one.
import { expect, test } from 'bun:test'
import { merged, remains, textOf } from './exposition.ts'
import { Counter, Gauge, Histogram } from './figures.ts'

test('a counter begins with what is known, and tells its label apart', () => {
  const counter = new Counter('a_total', 'Help', { name: 'code', known: ['in'] })
  counter.add('in')
  counter.add('in', 2)
  counter.add('a "quoted" \\ thing\n')
  expect(textOf([counter.read()])).toBe(
    [
      '# HELP a_total Help',
      '# TYPE a_total counter',
      'a_total{code="in"} 3',
      'a_total{code="a \\"quoted\\" \\\\ thing\\n"} 1',
      '',
    ].join('\n'),
  )
})

test('a histogram counts each duration in every bucket that it fits into', () => {
  const histogram = new Histogram('a_seconds', 'Help')
  for (const milliseconds of [0, 1, 1.5, 60_000]) histogram.of().add(milliseconds)
  const { samples } = histogram.read()
  expect(samples).toMatchObject({
    'a_seconds_bucket{le="0.0005"}': 1,
    'a_seconds_bucket{le="0.001"}': 2,
    'a_seconds_bucket{le="0.0025"}': 3,
    'a_seconds_bucket{le="5"}': 3,
    'a_seconds_bucket{le="+Inf"}': 4,
    a_seconds_count: 4,
  })
  expect(samples['a_seconds_sum']).toBeCloseTo(60.0025, 6)
})

test('processes are summed, but what cannot be summed is not', () => {
  const process = (rooms: number, startedAt: number, ready: number) => {
    const counter = new Counter('a_total', 'Help', { name: 'code' })
    counter.add(`of ${startedAt}`)
    counter.add('both', rooms)
    return [
      counter,
      new Gauge('rooms', 'Help', () => rooms),
      new Gauge('started', 'Help', () => startedAt, { merge: 'min' }),
      new Gauge('ready', 'Help', () => ({ store: ready }), { label: 'part', merge: 'min' }),
    ].map((figure) => figure.read())
  }
  const both = merged([process(2, 100, 1), process(3, 50, 0)])
  expect(Object.assign({}, ...both.map(({ samples }) => samples))).toEqual({
    'a_total{code="of 100"}': 1,
    'a_total{code="both"}': 5,
    'a_total{code="of 50"}': 1,
    rooms: 5,
    started: 50,
    'ready{part="store"}': 0,
  })
  expect(remains(both).map(({ name }) => name)).toEqual(['a_total'])
})
