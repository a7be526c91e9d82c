// What stands below one another in a timeline: messages, days, the line before what is unread, and what is not sent yet.
import type { Block, Echo } from '../../client/index.ts'
import type { Message } from '../../protocol/event.ts'
import { startOfDay } from '../words/today.ts'

export type Row =
  | { readonly type: 'day'; readonly key: string; readonly at: number }
  | { readonly type: 'unread'; readonly key: string }
  | MessageRow
  | { readonly type: 'echo'; readonly key: string; readonly echo: Echo; readonly startsGroup: boolean }

export interface MessageRow {
  readonly type: 'message'
  readonly key: string
  readonly message: Message
  /** Whether it says whose it is: the ones after it, by the same person and soon after, do not. */
  readonly startsGroup: boolean
}

export interface Shown {
  readonly blocks: readonly Block[]
  readonly echoes: readonly Echo[]
  /** The id of the first unread message. */
  readonly unread: string | null
  readonly you: string
}

const SOON_MILLISECONDS = 5 * 60_000

interface Before {
  readonly by: string
  readonly at: number
}

/** A block that did not change gives the rows of before: a hundred thousand messages cost what eight hundred blocks cost. */
export function rowsOf({ blocks, echoes, unread, you }: Shown): readonly Row[] {
  let before: Before | null = null
  const parts: (readonly Row[])[] = []
  for (const block of blocks) {
    parts.push(rowsOfBlock(block, before, unread))
    before = block.messages.at(-1) ?? before
  }
  const said: Row[] = []
  for (const echo of echoes) {
    const next: Before = { by: you, at: Math.max(echo.writtenAt, before?.at ?? 0) }
    const isNewDay = startsDay(before, next)
    if (isNewDay) said.push({ type: 'day', key: `day ${echo.id}`, at: next.at })
    said.push({ type: 'echo', key: echo.id, echo, startsGroup: isNewDay || startsGroup(before, next) })
    before = next
  }
  return parts.concat([said]).flat()
}

interface Kept {
  readonly before: Before | null
  readonly unread: string | null
  readonly rows: readonly Row[]
}

const keptRows = new WeakMap<Block, Kept>()

function rowsOfBlock(block: Block, before: Before | null, unread: string | null): readonly Row[] {
  const holds = unread !== null && Number(unread) > block.after && Number(unread) <= block.upto ? unread : null
  const kept = keptRows.get(block)
  if (kept && kept.unread === holds && kept.before?.by === before?.by && kept.before?.at === before?.at)
    return kept.rows
  const rows = rowsAfter(block.messages, before, holds)
  keptRows.set(block, { before, unread: holds, rows })
  return rows
}

function rowsAfter(messages: readonly Message[], before: Before | null, unread: string | null): readonly Row[] {
  return messages.flatMap((message, index): readonly Row[] => {
    const last = messages[index - 1] ?? before
    const isNewDay = startsDay(last, message)
    const isUnread = message.id === unread
    const row = rowOf(message, isNewDay || isUnread || startsGroup(last, message))
    return [
      ...(isNewDay ? [{ type: 'day', key: `day ${message.id}`, at: message.at } as const] : []),
      ...(isUnread ? [{ type: 'unread', key: 'unread' } as const] : []),
      row,
    ]
  })
}

const keptMessages = new WeakMap<Message, MessageRow>()

/** A message that did not change keeps its row, so that it is not painted again when its neighbour changes. */
function rowOf(message: Message, startsGroup: boolean): MessageRow {
  const kept = keptMessages.get(message)
  if (kept?.startsGroup === startsGroup) return kept
  const row = { type: 'message', key: message.id, message, startsGroup } as const
  keptMessages.set(message, row)
  return row
}

function startsGroup(before: Before | null, { by, at }: Before): boolean {
  return before?.by !== by || at - before.at > SOON_MILLISECONDS
}

function startsDay(before: Before | null, { at }: Before): boolean {
  return before === null || startOfDay(before.at) !== startOfDay(at)
}
