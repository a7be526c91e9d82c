// The log in Redis: whatever happens to a room is one script, and so one step and one round trip.
import type { RoomId } from '../../../protocol/chat.ts'
import { type Cursor, changeOf, charactersIn, type Draft, happened, type RoomEvent } from '../../../protocol/event.ts'
import type { FrameRefusal } from '../../../protocol/refusal.ts'
import {
  CLIENT_ID_MILLISECONDS,
  EVENT_MILLISECONDS,
  type Log,
  MOST_EDITS,
  MOST_EMOJI,
  type Range,
} from '../../ports/log.ts'
import { noMessage, notYours, tooManyReactions } from '../../ports/log-refusals.ts'
import { ALTER_SCRIPT, SAY_SCRIPT } from './append-scripts.ts'
import { channelOf, keysOf, META_PATTERN, onceKeyOf, roomOfMeta, WORDS_SEGMENT } from './keys.ts'
import type { Connection, Reply } from './lines/connection.ts'
import { redisReadMarks } from './read-marks.ts'
import { END_SCRIPT, LAST_BEFORE_SCRIPT, PAGE_SCRIPT, PINS_SCRIPT, SINCE_SCRIPT } from './read-scripts.ts'
import { garbled, listIn, numberIn, textIn, textsIn } from './reply.ts'
import { indexed, redisSearch } from './search.ts'
import { Storing } from './storing.ts'
import { eventIn, factsOf, textOf } from './told.ts'
import { messageFactsOf, messageIn } from './written.ts'

/** A try to store what has no client id is known again for this long: far longer than it is tried. */
const TRY_MILLISECONDS = 30_000
/** Of UTF-8, for each of the units that `length` counts. */
const MOST_BYTES_PER_UNIT = 3
/** Of what is no text of an event: an email of 254 characters and a client id of 64, and the rest is short. */
const MOST_FACTS_BYTES = 2_048

/**
 * `random` gives that many random bytes as a text of letters, digits, `-` and `_`. Give the broker the same `storing`, where
 * there is one.
 */
export function redisLog(
  connection: Connection,
  now: () => number,
  random: (bytes: number) => string,
  storing = new Storing(),
): Log {
  const search = redisSearch(connection)
  const readMarks = redisReadMarks(connection)

  return {
    async append(room, draft) {
      const { meta, events, index, messages, pins } = keysOf(room)
      const keys = [meta, events, index, messages, onceKey(room, draft), pins] as const
      const [script, more] = draft.type === 'message' ? [SAY_SCRIPT, said(draft)] : [ALTER_SCRIPT, altered(room, draft)]
      const args = [...common(room, draft), ...more]
      storing.begin(room)
      const reply = await connection.run(script, keys, args).finally(() => storing.end(room))
      if (typeof reply === 'string') throw refusalOf(reply)
      const [epoch, offset, at, again] = listIn(reply)
      const event = again ? eventIn(textIn(again)) : eventOf(draft, numberIn(offset), numberIn(at))
      return { epoch: textIn(epoch), event }
    },

    async since(room, cursor, most, mostCharacters) {
      const { meta, events } = keysOf(room)
      const asked = [newEpoch(), cursor.epoch, cursor.offset, most, mostBytesOf(most, mostCharacters)]
      const reply = await connection.run(SINCE_SCRIPT, [meta, events], asked)
      if (reply === 'gap') return 'gap'
      const missed = textsIn(reply).map(eventIn)
      const characters = missed.reduce((sum, event) => sum + charactersIn(event), 0)
      return mostCharacters !== undefined && characters > mostCharacters ? 'gap' : missed
    },

    async end(room) {
      return cursorIn(await connection.run(END_SCRIPT, [keysOf(room).meta], [newEpoch()]))
    },

    async page(room, range) {
      const { meta, index, messages } = keysOf(room)
      const reply = listIn(await connection.run(PAGE_SCRIPT, [meta, index, messages], [newEpoch(), ...bounds(range)]))
      const ids = textsIn(reply[2])
      const written = textsIn(reply[3])
      // One more was asked for, which tells whether there are others.
      const page = ids.slice(0, range.limit).map((id, place) => messageIn(id, written[place] ?? ''))
      return {
        messages: range.after === undefined ? page.reverse() : page,
        more: ids.length > range.limit,
        end: cursorIn(reply),
      }
    },

    async pins(room, { before, limit }) {
      const { pins, messages } = keysOf(room)
      const newest = before === undefined ? '+inf' : `(${before}`
      const [ids, written] = listIn(await connection.run(PINS_SCRIPT, [pins, messages], [newest, limit + 1]))
      const texts = textsIn(written)
      const found = textsIn(ids).map((id, place) => messageIn(id, texts[place] ?? ''))
      return { messages: found.slice(0, limit), more: found.length > limit }
    },

    async lastBefore(room, at) {
      const { index, messages } = keysOf(room)
      return numberIn(await connection.run(LAST_BEFORE_SCRIPT, [index, messages], [at]))
    },

    search: (room, query, range) => search.find(room, query, range),
    markRead: (room, email, upto) => readMarks.move(room, email, upto),
    readMarks: (room) => readMarks.all(room),
    forgetReadMark: (room, email) => readMarks.forget(room, email),
    rooms: async () => (await connection.scan(META_PATTERN)).flatMap((key) => roomOfMeta(key) ?? []),
  }

  function newEpoch(): string {
    return random(9)
  }

  /** A member's client id; or else this try, which may reach Redis twice when the line breaks. */
  function onceKey(room: RoomId, { by, clientId }: Draft): string {
    return clientId ? onceKeyOf(room, by, clientId) : onceKeyOf(room, '', random(12))
  }

  function common(room: RoomId, draft: Draft): readonly (string | number)[] {
    const change = changeOf(draft)
    const onceMilliseconds = draft.clientId ? CLIENT_ID_MILLISECONDS : TRY_MILLISECONDS
    return [
      ...[newEpoch(), now(), CLIENT_ID_MILLISECONDS, onceMilliseconds, EVENT_MILLISECONDS],
      ...[channelOf(room), keysOf(room).words, WORDS_SEGMENT],
      ...[factsOf(change, draft.by, draft.clientId), textOf(change)],
    ]
  }
}

function said(draft: Draft & { type: 'message' }): readonly string[] {
  return [messageFactsOf(draft.by, draft.replyTo), indexed(draft.text), draft.replyTo ?? '', draft.epoch ?? '']
}

function altered(room: RoomId, draft: Exclude<Draft, { type: 'message' }>): readonly (string | number)[] {
  const emoji = draft.type === 'reacted' ? draft.emoji : ''
  const on = 'on' in draft && draft.on ? 1 : 0
  const words = draft.type === 'edited' ? indexed(draft.text) : ''
  return [
    ...[draft.type, draft.message, draft.by, draft.owner ? 1 : 0, words, emoji, on, MOST_EMOJI, draft.epoch ?? ''],
    ...[keysOf(room).edits, MOST_EDITS],
  ]
}

function eventOf(draft: Draft, offset: number, at: number): RoomEvent {
  return happened(changeOf(draft), { offset, at, by: draft.by, clientId: draft.clientId })
}

function refusalOf(reply: string): FrameRefusal | Error {
  switch (reply) {
    case 'no_message':
      return noMessage()
    case 'not_yours':
      return notYours()
    case 'too_many_reactions':
      return tooManyReactions()
    default:
      return garbled('no answer to an append')
  }
}

/** What is written down of so many events takes no more bytes, as long as they hold no more than so much text. */
function mostBytesOf(most: number, mostCharacters: number | undefined): number | '' {
  return mostCharacters === undefined ? '' : most * MOST_FACTS_BYTES + mostCharacters * MOST_BYTES_PER_UNIT
}

function cursorIn(reply: Reply): Cursor {
  const [epoch, offset] = listIn(reply)
  return { epoch: textIn(epoch), offset: numberIn(offset) }
}

function bounds({ before, after, limit }: Range): readonly (string | number)[] {
  const from = after === undefined ? '-' : `${after + 1}-0`
  const upto = before === undefined ? '+' : `${Math.max(0, before - 1)}-0`
  return [after === undefined ? 0 : 1, from, upto, limit + 1]
}
