// A room given away whole: every message in its present state, page by page, in a form for programs or for people.
import type { Chat, RoomId } from '../../protocol/chat.ts'
import type { Cursor, Message } from '../../protocol/event.ts'
import { wireMessage } from '../../protocol/v1.ts'
import type { Log } from '../ports/log.ts'
import { harmless } from './controls.ts'
import { exportPage } from './export-page.ts'

export type ExportFormat = 'jsonl' | 'html'
export type ExportLanguage = 'en' | 'de'

export const CONTENT_TYPES = {
  jsonl: 'application/jsonl; charset=utf-8',
  html: 'text/html; charset=utf-8',
} as const satisfies Record<ExportFormat, string>

/** What is told of the room beside its messages. */
export interface Subject {
  /** All that is known of it: at least its id. */
  readonly room: Pick<Chat, 'monitor_hash'> & Partial<Chat>
  /** Names by email, as far as they are known. */
  readonly names: ReadonlyMap<string, string>
  readonly language: ExportLanguage
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Of so many messages at a time: a room of any size costs the memory of one page. */
const PAGE = 100

/** The text of the export, in pieces. Ends with the log as it is now; throws when it cannot give all of that. */
export function exported(log: Log, subject: Subject, format: ExportFormat): AsyncGenerator<string> {
  return format === 'html' ? htmlOf(log, subject) : linesOf(log, subject)
}

/** `room-w32tgse-2026-05-04.jsonl`, in letters that every file system takes. */
export function fileNameOf(room: RoomId, at: number, format: ExportFormat): string {
  const name = room.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 40)
  return `room-${name}-${new Date(at).toISOString().slice(0, 10)}.${format}`
}

async function* linesOf(log: Log, { room, at }: Subject): AsyncGenerator<string> {
  const { epoch, offset } = await log.end(room.monitor_hash)
  let messages = 0
  yield line({ type: 'room', room, epoch, offset, at: new Date(at).toISOString() })
  for await (const page of pagesOf(log, room.monitor_hash, { epoch, offset })) {
    messages += page.length
    yield page.map((message) => line({ type: 'message', ...wireMessage(message) })).join('')
  }
  yield line({ type: 'end', messages }) // What lacks this line was cut short.
}

async function* htmlOf(log: Log, subject: Subject): AsyncGenerator<string> {
  const end = await log.end(subject.room.monitor_hash)
  const page = exportPage(subject)
  yield page.head()
  for await (const messages of pagesOf(log, subject.room.monitor_hash, end)) yield page.messages(messages)
  yield page.foot()
}

/** Oldest first, up to where the log ended. What is edited or deleted meanwhile is so in what is still to come. */
async function* pagesOf(log: Log, room: RoomId, end: Cursor): AsyncGenerator<readonly Message[]> {
  for (let after = 0, more = true; more; ) {
    const page = await log.page(room, { after, limit: PAGE })
    if (page.end.epoch !== end.epoch) throw new Error('the log was replaced while a room was exported')
    const messages = page.messages.filter(({ id }) => Number(id) <= end.offset)
    after = Number(messages.at(-1)?.id ?? end.offset)
    more = page.more && after < end.offset && messages.length > 0
    if (messages.length > 0) yield messages
  }
}

function line(fields: object): string {
  return `${harmless(JSON.stringify(fields))}\n` // Files are looked at in terminals too.
}
