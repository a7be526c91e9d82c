// Lines of the log: one each, whatever stands in them.
import { expect, test } from 'bun:test'
import { type Level, Lines, type LogSettings } from './lines.ts'

function linesOf(settings: Partial<LogSettings>) {
  const written: string[] = []
  const write = (to: string) => (line: string) => void written.push(`${to} ${line}`)
  const outlets = { out: write('out'), error: write('err'), now: () => 0, pid: 7 }
  return { lines: new Lines({ format: 'text', level: 'info', ...settings }, outlets), written }
}

test('levels leave out what is below them, and never what everyone has to see', () => {
  const { lines, written } = linesOf({ level: 'warn' })
  for (const level of ['debug', 'info', 'warn', 'error'] as const satisfies Level[]) lines.line(level, level)
  lines.say('open')
  expect(written).toEqual(['err warn', 'err error', 'out open'])
})

test('a line for programs is one JSON object, with what belongs to it', () => {
  const { lines, written } = linesOf({ format: 'json' })
  lines.line('info', 'answered', { status: 200, code: null })
  const [line = ''] = written
  expect(JSON.parse(line.slice('out '.length))).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    message: 'answered',
    pid: 7,
    status: 200,
    code: null,
  })
})

test('a line for people quotes what is not plain, and leaves out what is not there', () => {
  const { lines, written } = linesOf({})
  lines.line('info', 'answered', { route: '/chat/:monitor_id', room: 'my room=yours', code: null, ms: 1.5 })
  expect(written).toEqual(['out answered route=/chat/:monitor_id room="my room=yours" ms=1.5'])
})

test('nothing that somebody sent begins a line of its own, colours a terminal or turns the text around', () => {
  const hostile = 'a\r\nERROR forged\u001b[31m\u0000\u0007\u0085\u009b\u2028\u2029\u202e\u2066'
  for (const format of ['text', 'json'] as const) {
    const { lines, written } = linesOf({ format })
    lines.line('error', hostile, { room: hostile })
    expect(written).toHaveLength(1)
    expect(written[0]).not.toMatch(/[\p{Cc}\u2028\u2029\u202e\u2066]/u)
    expect(written[0]).toContain('forged')
    if (format === 'json') expect(JSON.parse((written[0] ?? '').slice('err '.length)).message).toBe(hostile)
  }
})
