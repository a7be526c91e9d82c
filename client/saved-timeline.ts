// A timeline as it outlives its page: the welcome that a fresh start would bring, with more messages, and read like one.
import type { RoomId } from '../protocol/chat.ts'
import type { Message } from '../protocol/event.ts'
import { wireMessage, wireWelcome } from '../protocol/v1.ts'
import { readServerFrame, type WelcomeFrame } from '../protocol/v1-server-frames.ts'
import type { Block } from './blocks.ts'
import { foundIn } from './saved.ts'
import { emptyTimeline, gapsOf, merge, type Timeline } from './timeline.ts'

/** For `JSON.stringify`: `openRoom({ timeline })` begins with it, or with the text. */
export type SavedTimeline = object

/** A page keeps one of these for each room, where there is room for some millions of characters in all. */
const MOST_MESSAGES = 200
const MOST_CHARACTERS = 200_000
/** What goes into an address, which it must not break. */
const EPOCH = /^[\x21-\x7e]{1,64}$/

/** The latest messages, 200 at most, and how far everyone has read; `null` as long as there is nothing to save. */
export function savedTimeline(timeline: Timeline): SavedTimeline | null {
  const { cursor, room, you, limits } = timeline
  const after = gapsOf(timeline).at(-1)?.upto ?? 0
  const messages = latestIn(timeline.blocks, after)
  // That there is no message would say that there is none in the whole room.
  if (!cursor || !room || !you || !limits || (messages.length === 0 && after > 0)) return null
  const members = timeline.members.map((member) => ({ ...member, online: false }))
  return wireWelcome({ room, you, cursor, resumed: false, messages, events: [], members, limits })
}

/** Reads what `savedTimeline` gave of this room; `null` for anything else, whatever it is. */
export function restoredTimeline(saved: unknown, room: RoomId): Timeline | null {
  const { frame } = readServerFrame(foundIn(saved))
  if (frame?.type !== 'welcome' || frame.room.monitor_hash !== room || !isSound(frame)) return null
  const timeline = merge(emptyTimeline(), frame)
  return timeline === 'hole' ? null : timeline
}

/** From the newest back to the gap, as many as are kept; at least one. */
function latestIn(blocks: readonly Block[], after: number): readonly Message[] {
  const latest: Message[] = []
  let characters = 0
  for (let at = blocks.length - 1; at >= 0; at--) {
    const block = blocks[at]
    if (!block || block.after < after) break
    for (const message of block.messages.slice().reverse()) {
      characters += JSON.stringify(wireMessage(message)).length
      const isTooMuch = latest.length >= MOST_MESSAGES || (latest.length > 0 && characters > MOST_CHARACTERS)
      if (isTooMuch) return latest.reverse()
      latest.push(message)
    }
  }
  return latest.reverse()
}

/** A server's welcome is believed; what was found somewhere may say anything. */
function isSound({ cursor, resumed, messages }: WelcomeFrame): boolean {
  const ids = messages.map(({ id }) => Number(id))
  const isNamed = messages.every(({ id }, place) => id === String(ids[place]))
  const rises = ids.every((id, place) => id > (ids[place - 1] ?? 0) && id <= cursor.offset)
  return !resumed && EPOCH.test(cursor.epoch) && messages.length <= MOST_MESSAGES && isNamed && rises
}
