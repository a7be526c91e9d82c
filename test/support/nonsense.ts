// What a Redis may answer, and what may be said on its channels, that makes no sense.
import { randomBytes } from 'node:crypto'
import type { Garble } from './garbling-proxy.ts'

const MEGABYTE = 1024 * 1024

export const ANSWERS: readonly (readonly [what: string, how: Garble])[] = [
  ['random bytes', (answer) => randomBytes(answer.length)],
  ['numbers', instead(':1\r\n')],
  ['a number beyond all numbers', instead(`:${'9'.repeat(400)}\r\n`)],
  ['words', instead('+OK\r\n')],
  ['nothing', instead('_\r\n')],
  ['yes and no', instead('#t\r\n')],
  ['no number', instead(',nan\r\n')],
  ['empty lists', instead('*0\r\n')],
  ['lists of the wrong things', instead('*3\r\n:1\r\n*1\r\n_\r\n%1\r\n$9\r\n__proto__\r\n#t\r\n')],
  ['an error', instead('-ERR garbage\r\n')],
  ['another place', instead('-MOVED 1 127.0.0.1:1\r\n')],
  ['a text without end', instead(`$9999999999\r\n${'x'.repeat(100)}`)],
  ['a list without end', instead('*9999999999\r\n:1\r\n')],
  ['a list of a length that could be', instead('*4000000000\r\n:1\r\n')],
  ['lists in lists', instead('*1\r\n'.repeat(100_000))],
  ['a word to subscribers that is none', instead('>3\r\n$8\r\nsmessage\r\n_\r\n:1\r\n')],
  ['half answers', (answer) => answer.subarray(0, answer.length >> 1)],
  ['answers twice', (answer) => Buffer.concat([answer, answer])],
  ['the answer before, and then this one', (answer, before) => Buffer.concat([before, answer])],
  ['the answer before instead of this one', (_answer, before) => before],
]

/** `epoch` is the room's own, and `next` the offset that is due in it. */
type Said = (epoch: string, next: number) => string

const OF_SOMEBODY = '"at":1,"by":"a@b.c","type":"message"'

export const SAID: readonly (readonly [what: string, of: Said])[] = [
  ['an event that is cut off', (epoch, next) => `${epoch}\n{"offset":${next},"at":1,"type":"mess`],
  ['an event without fields', (epoch) => `${epoch}\n{}\n`],
  ['an event that is a list', (epoch) => `${epoch}\n[1,2,3]\n`],
  ['an event of nobody', (epoch, next) => `${epoch}\n{"offset":${next},"at":${Date.now()},"type":"message"}\nfalse`],
  ['an event of no kind', (epoch, next) => `${epoch}\n{"offset":${next},"at":1,"by":"a@b.c","type":"constructor"}\nx`],
  ['a prototype', (epoch, next) => `${epoch}\n{"offset":${next},"__proto__":{${OF_SOMEBODY}}}\nfalse`],
  ...['1e15', '9e15', '1e400', '"7"', '0', '-1', '1.5', 'null', '[1]'].map((offset): readonly [string, Said] => [
    `the offset ${offset}`,
    (epoch) => `${epoch}\n{"offset":${offset},${OF_SOMEBODY}}\nfalse`,
  ]),
  ['an event of another lifetime', (_, next) => `elsewhere\n{"offset":${next},${OF_SOMEBODY}}\nx`],
  [
    'eight megabytes',
    (epoch, next) => `${epoch}\n{"offset":${next + 5_000},${OF_SOMEBODY}}\n${'x'.repeat(8 * MEGABYTE)}`,
  ],
  ['nothing', () => ''],
  ['an epoch alone', (epoch) => `${epoch}\n`],
  ['no text at all', () => '\u0000\uffff\ud800'],
  ['lists in lists', () => '['.repeat(200_000)],
  ['a note of a prototype', () => '{"from":"x.1","type":"whisper","whisper":{"__proto__":{"type":"typing"}}}'],
  ['a turn beyond all turns', () => '{"from":"x.1","type":"state","turn":1e400,"emails":["a@b.c"]}'],
  [
    'a read mark beyond all numbers',
    () => '{"from":"x.1","type":"whisper","whisper":{"type":"read","email":"a@b.c","upto":1e400}}',
  ],
  ['a sign-out of things', () => '{"from":"x.1","type":"signed-out","signIns":[{},null,7]}'],
]

function instead(text: string): Garble {
  const bytes = Buffer.from(text)
  return () => bytes
}
