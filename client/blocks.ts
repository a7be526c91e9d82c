// What is known of a room's messages, in blocks: one change copies one block, however many messages there are.
import type { Message } from '../protocol/event.ts'

/** Every message that is named by an offset over `after` and up to `upto`, oldest first. */
export interface Block {
  readonly after: number
  readonly upto: number
  readonly messages: readonly Message[]
}

/** Offsets over `after` and up to `upto` of which nothing is known yet. */
export interface Gap {
  readonly after: number
  readonly upto: number
}

/** A view compares and paints block by block, so they stay small. */
export const BLOCK_MESSAGES = 128

/** The same in blocks of that size. */
export function inBlocks({ after, upto, messages }: Block): readonly Block[] {
  const last = messages[BLOCK_MESSAGES - 1]
  if (!last || messages.length === BLOCK_MESSAGES) return [{ after, upto, messages }]
  const end = Number(last.id)
  const rest = inBlocks({ after: end, upto, messages: messages.slice(BLOCK_MESSAGES) })
  return [{ after, upto: end, messages: messages.slice(0, BLOCK_MESSAGES) }, ...rest]
}

/** What lies before, between and after the blocks, up to `end`; oldest first. */
export function gapsIn(blocks: readonly Block[], end: number): readonly Gap[] {
  const edges = [...blocks, { after: end, upto: end }]
  return edges
    .map(({ after }, index) => ({ after: blocks[index - 1]?.upto ?? 0, upto: after }))
    .filter(({ after, upto }) => after < upto)
}

/** With whatever the newest event brought: a message, or only its number. */
export function extended(blocks: readonly Block[], offset: number, message?: Message): readonly Block[] {
  const last = blocks.at(-1) ?? { after: 0, upto: 0, messages: [] }
  if (!message) return [...blocks.slice(0, -1), { ...last, upto: offset }]
  if (last.messages.length >= BLOCK_MESSAGES)
    return [...blocks, { after: last.upto, upto: offset, messages: [message] }]
  return [...blocks.slice(0, -1), { ...last, upto: offset, messages: [...last.messages, message] }]
}

export function messageIn(blocks: readonly Block[], id: string): Message | undefined {
  const block = blocks[blockOf(blocks, Number(id))]
  return block?.messages[placeIn(block, id)]
}

/** The same blocks if the message is not among them, or if nothing about it changes. */
export function replaced(
  blocks: readonly Block[],
  id: string,
  change: (message: Message) => Message,
): readonly Block[] {
  const index = blockOf(blocks, Number(id))
  const block = blocks[index]
  const place = block ? placeIn(block, id) : -1
  const before = block?.messages[place]
  if (!block || !before) return blocks
  const after = change(before)
  if (after === before) return blocks
  return swapped(blocks, index, { ...block, messages: swapped(block.messages, place, after) })
}

/** With a page that fills what was not known; what was known stays as it is, for events have kept it up to date. */
export function filled(blocks: readonly Block[], page: Block): readonly Block[] {
  const news = gapsIn(blocks, Math.max(page.upto, blocks.at(-1)?.upto ?? 0)).flatMap((gap) => {
    const after = Math.max(gap.after, page.after)
    const upto = Math.min(gap.upto, page.upto)
    const messages = page.messages.filter(({ id }) => Number(id) > after && Number(id) <= upto)
    return after < upto ? [{ after, upto, messages }] : []
  })
  if (news.length === 0) return blocks
  return joined([...blocks, ...news].sort((one, other) => one.after - other.after || one.upto - other.upto))
}

/** Small neighbours become one, so that many short pages do not leave many short blocks. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const whole: Block[] = []
  for (const block of blocks) {
    const last = whole.at(-1)
    if (last?.upto === block.after && last.messages.length + block.messages.length <= BLOCK_MESSAGES) {
      whole[whole.length - 1] = { ...block, after: last.after, messages: [...last.messages, ...block.messages] }
    } else whole.push(block)
  }
  return whole
}

/** Old phones have no `with()`. */
function swapped<Item>(items: readonly Item[], index: number, item: Item): readonly Item[] {
  const copy = items.slice()
  copy[index] = item
  return copy
}

/** Where the block is that would hold this offset; -1 if none would. */
function blockOf(blocks: readonly Block[], offset: number): number {
  const index = firstWhere(blocks.length, (place) => (blocks[place]?.upto ?? 0) >= offset)
  const block = blocks[index]
  return block && block.after < offset ? index : -1
}

function placeIn({ messages }: Block, id: string): number {
  const offset = Number(id)
  const place = firstWhere(messages.length, (at) => Number(messages[at]?.id) >= offset)
  return messages[place]?.id === id ? place : -1
}

/** The first of `count` places where it holds, by halving: it holds for every place after the first one too. */
function firstWhere(count: number, holds: (place: number) => boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
