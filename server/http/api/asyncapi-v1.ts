// The frames of the v1 protocol, both ways, as AsyncAPI messages.

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const flag = { type: 'boolean' }
const offset = { type: 'integer', minimum: 0 }
const messageId = { type: 'string', description: 'The offset of the event that created the message, as a string.' }
const at = { type: 'string', description: 'UTC with three digits of a second.', examples: ['2026-05-04T09:30:00.123Z'] }
const moment = {
  type: 'string',
  description: 'An instant in UTC (RFC 3339), instead of before and after.',
  examples: ['2026-05-04T00:00:00Z'],
}
const email = { type: 'string' }
const id = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  description: 'Made by the client; names the frame in its answer.',
}
const limit = { type: 'integer', minimum: 1, description: 'At most 100; 50 unless given.' }

const message: Schema = object({
  id: messageId,
  by: email,
  at,
  text,
  reply_to: optional(messageId),
  edited_at: optional(at),
  deleted: optional({ const: true }),
  pinned: optional({ const: true }),
  reactions: { type: 'object', description: 'Emails by emoji.', additionalProperties: { type: 'array', items: email } },
})
const messages = { type: 'array', items: message }
const stamp = { offset, at, by: email }
const events = {
  message: { ...stamp, text, reply_to: optional(messageId), client_id: optional(id) },
  edited: { ...stamp, message: messageId, text },
  deleted: { ...stamp, message: messageId },
  reacted: { ...stamp, message: messageId, emoji: text, on: flag },
  pinned: { ...stamp, message: messageId, on: flag },
}
const member = object({ email, name: text, owner: flag, online: flag, read: offset })

/** What a client may say. */
export const V1_CLIENT = {
  send: frame('Say something', 'send', { id, text, reply_to: optional(messageId) }),
  edit: frame('Change what you said', 'edit', { id, message: messageId, text }),
  delete: frame('Take back what you said; a room’s owner may delete any message', 'delete', { id, message: messageId }),
  react: frame('React, or take a reaction back', 'react', { id, message: messageId, emoji: text, on: flag }),
  pin: frame('Pin a message, or unpin it', 'pin', { id, message: messageId, on: flag }),
  getHistory: frame('Ask for older or newer messages, or those from a moment on', 'history', {
    id,
    before: optional(offset),
    after: optional(offset),
    from: optional(moment),
    limit: optional(limit),
  }),
  find: frame('Search: all words, case and accents ignored', 'search', {
    id,
    query: { type: 'string', maxLength: 200 },
    before: optional(offset),
    limit: optional(limit),
  }),
  listPins: frame('Ask for the pinned messages', 'pins', { id, before: optional(offset) }),
  markRead: frame('Say how far you have read', 'read', { upto: offset }),
  type: frame('Say that you are typing, or no longer', 'typing', { on: flag }),
  ping: frame('Ask whether anyone is there', 'ping', {}),
}

/** What the server says. */
export const V1_SERVER = {
  welcome: frame('The first frame, always', 'welcome', {
    room: { type: 'object', description: 'A Chat, as /openapi.json describes it.' },
    you: object({ email, name: text }),
    epoch: text,
    offset,
    resumed: flag,
    messages,
    events: {
      type: 'array',
      items: { oneOf: Object.entries(events).map(([type, fields]) => object({ type: { const: type }, ...fields })) },
    },
    members: { type: 'array', items: member },
    limits: object({ text_bytes: offset, frame_bytes: offset, history_page: offset, sends_per_10s: offset }),
  }),
  said: frame('Somebody said something', 'message', events.message),
  edited: frame('A message was changed', 'edited', events.edited),
  deleted: frame('A message was taken back', 'deleted', events.deleted),
  reacted: frame('Somebody reacted', 'reacted', events.reacted),
  pinned: frame('A message was pinned or unpinned', 'pinned', events.pinned),
  sent: frame('Stored: the answer to send, edit, delete, react and pin', 'sent', { id, offset, at }),
  history: frame('The answer to history, oldest first', 'history', {
    id,
    messages,
    more: flag,
    after: optional({ ...offset, description: 'Where a page from a moment on begins: after this offset.' }),
  }),
  pins: frame('The answer to pins, newest first', 'pins', { id, messages, more: flag }),
  found: frame('The answer to search, newest first', 'search', { id, messages, more: flag, before: optional(offset) }),
  refused: frame('A no to one frame; the socket stays open', 'refused', {
    id: optional(id),
    code: text,
    message: text,
    retry_after: optional({ type: 'integer', description: 'Seconds.' }),
  }),
  presence: frame('A member came, or has gone', 'presence', { email, online: flag }),
  typing: frame('A member is typing, or no longer', 'typing', { email, on: flag }),
  read: frame('A member has read up to here', 'read', { email, upto: offset }),
  pong: frame('The answer to ping', 'pong', {}),
}

function frame(title: string, type: string, fields: Readonly<Record<string, Schema>>) {
  return { title, contentType: 'application/json', payload: object({ type: { const: type }, ...fields }) }
}

/** Marks a field that may be left out. */
function optional(schema: Schema): Schema {
  return { ...schema, 'x-optional': true }
}

function object(fields: Readonly<Record<string, Schema>>): Schema {
  const required = Object.entries(fields).flatMap(([name, schema]) => (schema['x-optional'] ? [] : [name]))
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, { 'x-optional': _mark, ...schema }]) => [name, schema]),
  )
  return { type: 'object', required, properties }
}
