// The plain protocol, which existing clients speak: a text frame is a message.
import type { Message } from './room-event.ts'

/** A client that wants plain frames and offers subprotocols can name this one, and is answered with it. */
export const PLAIN = 'propromo.chat.plain'

export type PlainFrame =
  | { readonly type: 'ping'; readonly answer: 'pong' | 'ping' }
  | { readonly type: 'message'; readonly text: string }

const KEEP_ALIVE = {
  'propromo.chat({event:"ping",action:"pong"})': 'pong',
  'propromo.chat({event:"pong",action:"ping"})': 'ping',
} as const

/** Longer than this no keep-alive is written, so no message pays for looking. */
const KEEP_ALIVE_MOST = 256

export function parsePlain(text: string): PlainFrame {
  if (text.length <= KEEP_ALIVE_MOST) {
    const bare = text.replace(/\s+/g, '')
    if (isKeepAlive(bare)) return { type: 'ping', answer: KEEP_ALIVE[bare] }
  }
  return { type: 'message', text }
}

/** Rule P1. `id` and `messageId` are the same string; `timestamp` always has three digits of a second. */
export function plainMessage(message: Message): string {
  return JSON.stringify({
    id: message.id,
    messageId: message.id,
    email: message.by,
    timestamp: new Date(message.at).toISOString(),
    text: message.text,
  })
}

function isKeepAlive(text: string): text is keyof typeof KEEP_ALIVE {
  return Object.hasOwn(KEEP_ALIVE, text)
}
