// Frames that are none: every field left out or of the wrong type, and texts that hold no object at all.
import type { ClientFrame } from './v1.ts'

const TEXTS = [null, 1, true, {}, [], ['x']]
const FLAGS = [null, 0, 1, 'true', '', {}, [], [true]]
const OFFSETS = [null, '1', '', -1, 1.5, true, {}, [], [1], 2 ** 53, 1e300]
const INSTANTS = [
  ...[
    null,
    0,
    1_777_886_400_000,
    true,
    {},
    [],
    '',
    ' ',
    'now',
    '2026-05-04',
    '2026-05-04T09:30Z',
    '2026-05-04 09:30:00Z',
  ],
  ...[
    '2026-05-04T09:30:00',
    '2026-05-04T09:30:00+02:00',
    '2026-05-04T09:30:00.Z',
    '2026-05-04T09:30:00Z ',
    '٢٠٢٦-05-04T09:30:00Z',
  ],
  ...[
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-05-04T24:00:00Z',
    '2026-05-04T09:60:00Z',
    '+002026-05-04T09:30:00Z',
  ],
]
const IDS = [...TEXTS, '', 'x'.repeat(65)]

/** Every frame that is well formed, and for each of its fields what it must not hold; `?` may also be left out. */
const FIELDS: readonly (readonly [good: ClientFrame, wrong: Readonly<Record<string, readonly unknown[]>>])[] = [
  [
    { type: 'send', id: 'a', text: 'x' },
    { id: IDS, text: TEXTS, 'reply_to?': TEXTS },
  ],
  [
    { type: 'edit', id: 'a', message: '1', text: 'x' },
    { id: IDS, message: TEXTS, text: TEXTS },
  ],
  [
    { type: 'delete', id: 'a', message: '1' },
    { id: IDS, message: TEXTS },
  ],
  [
    { type: 'react', id: 'a', message: '1', emoji: '👍', on: true },
    { id: IDS, message: TEXTS, emoji: TEXTS, on: FLAGS },
  ],
  [
    { type: 'pin', id: 'a', message: '1', on: true },
    { id: IDS, message: TEXTS, on: FLAGS },
  ],
  [
    { type: 'history', id: 'a' },
    { id: IDS, 'before?': OFFSETS, 'after?': OFFSETS, 'from?': INSTANTS, 'limit?': OFFSETS },
  ],
  [
    { type: 'search', id: 'a', query: 'x' },
    { id: IDS, query: TEXTS, 'before?': OFFSETS, 'limit?': OFFSETS },
  ],
  [
    { type: 'pins', id: 'a' },
    { id: IDS, 'before?': OFFSETS },
  ],
  [{ type: 'read', upto: 0 }, { upto: OFFSETS }],
  [{ type: 'typing', on: true }, { on: FLAGS }],
  [{ type: 'ping' }, { type: [...TEXTS, '', 'Ping', 'ping ', 'welcome', 'sent', 'message', '__proto__', 'toString'] }],
]

export const NO_OBJECTS = [
  ...['', ' ', 'ping', '{', '}', '{"type":"ping"', "{'type':'ping'}", '{type:"ping"}', '{"type":"ping",}', 'undefined'],
  ...['null', 'true', '0', '"ping"', '[]', '[{"type":"ping"}]', '{}{}', '{"type":"ping"}{"type":"ping"}', '\0', '\\'],
  ...[
    '['.repeat(50_000),
    '{"type":'.repeat(10_000),
    `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
    '/**/{"type":"ping"}',
  ],
]

/** Each with the one field that is wrong in it. */
export function malformed(): readonly { readonly frame: ClientFrame; readonly field: string }[] {
  return FIELDS.flatMap(([good, wrong]) =>
    Object.entries(wrong).flatMap(([name, values]) => {
      const field = name.replace('?', '')
      const { [field]: _value, ...without } = good
      const missing = field === name ? [{ frame: without as ClientFrame, field }] : []
      return [...missing, ...values.map((value) => ({ frame: { ...good, [field]: value } as ClientFrame, field }))]
    }),
  )
}
