// The WebSocket side of the API as AsyncAPI 3.0: the plain protocol, v1, and the close codes.

import { version } from '../../../package.json'
import { CLOSE } from '../../../protocol/close.ts'
import { V1_CLIENT, V1_SERVER } from './asyncapi-v1.ts'

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
        parameters: PARAMETERS,
        bindings: { ws: { method: 'GET', query: query({}) } },
        messages: references(Object.keys(MESSAGES)),
      },
      roomV1: {
        address: '/chat/{monitor_id}',
        description: `The subprotocol propromo.chat.v1. Close codes: ${closeCodes()}.`,
        parameters: PARAMETERS,
        bindings: { ws: { method: 'GET', query: query(CURSOR) } },
        messages: references(Object.keys({ ...V1_CLIENT, ...V1_SERVER })),
      },
    },
    operations: {
      say: operation('room', 'receive', 'Say something: the frame is the text', ['text', 'keepAlive']),
      hear: operation('room', 'send', 'Hear what everyone says, and what was said last before coming in', [
        'message',
        'keepAliveAnswer',
        'refusal',
      ]),
      sayV1: operation('roomV1', 'receive', 'Say something in v1', Object.keys(V1_CLIENT)),
      hearV1: operation('roomV1', 'send', 'Hear what happens in v1', Object.keys(V1_SERVER)),
    },
    components: { messages: { ...MESSAGES, ...V1_CLIENT, ...V1_SERVER } },
  }
}

const PARAMETERS = { monitor_id: { description: 'A monitor_hash, percent-encoded as a path segment.' } }

const CURSOR = {
  since: { type: 'integer', description: 'Resume after this offset of the epoch.' },
  epoch: { type: 'string', description: 'As the last welcome gave it.' },
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
        code: { type: 'string', enum: ['text_empty', 'text_too_long', 'rate_limited', 'store_unavailable'] },
        message: { type: 'string', description: 'One sentence for a person.' },
      },
    },
  },
}

function operation(channel: string, action: 'send' | 'receive', summary: string, messages: readonly string[]) {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  }
}

function references(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))
}

function query(more: object) {
  const auth = { type: 'string', description: `The ticket. ${OTHER_WAYS}` }
  return { type: 'object', properties: { auth, ...more } }
}

function closeCodes(): string {
  return Object.values(CLOSE)
    .map(({ code, reason }) => (reason ? `${code} ${reason}` : String(code)))
    .join(', ')
}
