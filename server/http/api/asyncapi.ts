// The WebSocket side of the API as AsyncAPI 3.0: the plain protocol and the close codes.

import { version } from '../../../package.json'
import { CLOSE } from '../../../protocol/close.ts'

const TIMESTAMP = {
  type: 'string',
  description: 'UTC with three digits of a second.',
  examples: ['2026-05-04T09:30:00.123Z'],
}

/** `server` is the origin under which people reach this server, such as `https://chat.example.com`. */
export function asyncApi(server: string) {
  const { host, protocol } = new URL(server)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Propromo Chat: the room',
      version,
      description:
        'What is said on the socket of /chat/{monitor_id}. How to get the ticket that opens it is described by /openapi.json.',
      license: { name: 'MIT' },
    },
    servers: { here: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' } },
    channels: {
      room: {
        address: '/chat/{monitor_id}',
        description: `The plain protocol: no subprotocol is asked for, or propromo.chat.plain. Close codes: ${closeCodes()}.`,
        parameters: { monitor_id: { description: 'A monitor_hash, percent-encoded as a path segment.' } },
        bindings: {
          ws: {
            method: 'GET',
            query: {
              type: 'object',
              properties: { auth: { type: 'string', description: `The ticket. ${OTHER_WAYS}` } },
            },
          },
        },
        messages: {
          text: { $ref: '#/components/messages/text' },
          keepAlive: { $ref: '#/components/messages/keepAlive' },
          message: { $ref: '#/components/messages/message' },
          keepAliveAnswer: { $ref: '#/components/messages/keepAliveAnswer' },
          refusal: { $ref: '#/components/messages/refusal' },
        },
      },
    },
    operations: {
      say: operation('receive', 'Say something: the frame is the text', ['text', 'keepAlive']),
      hear: operation('send', 'Hear what everyone says, and what was said last before coming in', [
        'message',
        'keepAliveAnswer',
        'refusal',
      ]),
    },
    components: { messages: MESSAGES },
  }
}

const OTHER_WAYS =
  'May come as Authorization: Bearer <ticket>, or as a subprotocol bearer.<ticket>; offer propromo.chat.plain beside that one.'

const MESSAGES = {
  text: {
    title: 'What somebody says',
    summary: 'A text frame as it stands. Empty or only white space, or over the limit, it is refused.',
    contentType: 'text/plain',
    payload: { type: 'string', minLength: 1, examples: ['Good morning, how far is the checkout?'] },
  },
  keepAlive: {
    title: 'Keep-alive',
    summary: 'Answered to the sender alone, and never stored. White space does not matter.',
    contentType: 'text/plain',
    payload: {
      type: 'string',
      enum: ['propromo.chat({event:"ping",action:"pong"})', 'propromo.chat({event:"pong",action:"ping"})'],
    },
  },
  keepAliveAnswer: {
    title: 'Answer to a keep-alive',
    contentType: 'text/plain',
    payload: { type: 'string', enum: ['pong', 'ping'] },
  },
  message: {
    title: 'What was said',
    summary:
      'Goes to every session in the room, the sender’s too. The latest ones come first on opening, oldest first.',
    contentType: 'application/json',
    payload: {
      type: 'object',
      required: ['id', 'messageId', 'email', 'timestamp', 'text'],
      properties: {
        id: { type: 'string', description: 'Unique in the room.' },
        messageId: { type: 'string', description: 'The same as id.' },
        email: { type: 'string', description: 'Who said it.' },
        timestamp: TIMESTAMP,
        text: { type: 'string' },
      },
    },
  },
  refusal: {
    title: 'A no to one frame',
    summary: 'To its sender alone; the socket stays open.',
    contentType: 'application/json',
    payload: {
      type: 'object',
      required: ['success', 'code', 'message'],
      properties: {
        success: { const: false },
        code: { type: 'string', enum: ['text_empty', 'text_too_long', 'store_unavailable'] },
        message: { type: 'string', description: 'One sentence for a person.' },
      },
    },
  },
}

function operation(action: 'send' | 'receive', summary: string, messages: readonly string[]) {
  return {
    action,
    summary,
    channel: { $ref: '#/channels/room' },
    messages: messages.map((name) => ({ $ref: `#/channels/room/messages/${name}` })),
  }
}

function closeCodes(): string {
  return Object.values(CLOSE)
    .map(({ code, reason }) => (reason ? `${code} ${reason}` : String(code)))
    .join(', ')
}
