// The plain protocol, which existing clients speak: a text frame is a message.
import type { Message } from './event.ts'

/** A client that wants plain frames and offers subprotocols can name this one, and is answered with it. */
export const PLAIN = 'propromo.chat.plain'

export type PlainFrame =
  | { readonly type: 'ping'; readonly answer: 'pong' | 'ping' }
  | { readonly type: 'message'; readonly text: string }

const KEEP_ALIVE = new Map<string, 'pong' | 'ping'>([
  ['propromo.chat({event:"ping",action:"pong"})', 'pong'],
  ['propromo.chat({event:"pong",action:"ping"})', 'ping'],
])

export function parsePlain(text: string): PlainFrame {
  // Most messages do not begin like one, so they are not copied to look.
  const answer = /^\s*p/.test(text) ? KEEP_ALIVE.get(text.replace(/\s+/g, '')) : undefined
  return answer ? { type: 'ping', answer } : { type: 'message', text }
}

/** Whether there is nothing in the text to say: Unicode knows more white space than `trim()`. */
export function isBlank(text: string): boolean {
  return /^[\s\p{White_Space}]*$/u.test(text)
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
