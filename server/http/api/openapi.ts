// The HTTP side of the API as OpenAPI 3.1, made from the schemas that check the input.
import { z } from 'zod'
import { version } from '../../../package.json'
import { STATUS } from '../../../protocol/refusal.ts'
import { AdmissionAnswer, ChatAnswer, DoneAnswer, LoginBody, RefusalAnswer, TicketBody } from '../schemas.ts'

type Code = keyof typeof STATUS

export interface Operation {
  readonly summary: string
  readonly description: string
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

/** `server` is the origin under which people reach this server. */
export function openApi(server: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Propromo Chat',
      version,
      description: 'A chat room for every Propromo monitor. Log in to get a ticket, then open a room with it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    security: [],
    paths: {
      '/login': {
        post: {
          operationId: 'login',
          summary: 'Log in with a Propromo account and get a ticket',
          description:
            'The ticket is good for five minutes and opens each of the chats once. Also starts a sign-in, which gets new tickets without the password.',
          requestBody: body('LoginBody', true),
          responses: {
            200: admission(),
            ...refusals(
              'missing_credentials',
              'malformed_body',
              'wrong_credentials',
              'no_access',
              'no_chats',
              'origin_refused',
              'body_too_large',
              'unsupported_media_type',
              'too_many_attempts',
              'accounts_unavailable',
              'store_unavailable',
              'logins_busy',
            ),
          },
        },
      },
      '/tickets': {
        post: {
          operationId: 'renewTicket',
          summary: 'Get a fresh ticket with a sign-in',
          description: 'The memberships are read afresh. The body may be left out.',
          security: [{ signInCookie: [] }, { signInBearer: [] }],
          requestBody: body('TicketBody', false),
          responses: {
            200: admission(),
            ...refusals(
              'malformed_body',
              'signed_out',
              'no_access',
              'no_chats',
              'origin_refused',
              'body_too_large',
              'unsupported_media_type',
              'accounts_unavailable',
              'store_unavailable',
            ),
          },
        },
      },
      '/logout': {
        post: {
          operationId: 'logout',
          summary: 'End a sign-in',
          description: 'Closes the sockets that it opened, with close code 4502.',
          security: [{ signInCookie: [] }, { signInBearer: [] }],
          responses: {
            200: answer('The sign-in has ended.', 'Done'),
            ...refusals('signed_out', 'origin_refused', 'store_unavailable'),
          },
        },
      },
      '/chat/{monitor_id}': {
        get: {
          operationId: 'openRoom',
          summary: 'Open a room: a WebSocket',
          description:
            'What is said on the socket is described by /asyncapi.json. The ticket may come in any one of three places.',
          security: [{ ticketQuery: [] }, { ticketBearer: [] }],
          parameters: [
            {
              name: 'monitor_id',
              in: 'path',
              required: true,
              description: 'A monitor_hash, percent-encoded as a path segment.',
              schema: { type: 'string' },
              example: 'w32tgse',
            },
            {
              name: 'Sec-WebSocket-Protocol',
              in: 'header',
              description:
                'May carry the ticket as bearer.<ticket>, for clients that can set neither query nor header.',
              schema: { type: 'string' },
            },
          ],
          responses: {
            101: { description: 'The room is open, and stays open until the client closes it.' },
            ...refusals(
              'ticket_missing',
              'protocol_unsupported',
              'ticket_expired',
              'ticket_invalid',
              'signed_out',
              'ticket_spent',
              'no_access',
              'origin_refused',
              'upgrade_required',
              'accounts_unavailable',
              'store_unavailable',
              'restarting',
            ),
          },
        },
      },
      '/health': {
        get: {
          operationId: 'health',
          summary: 'Whether the process answers',
          description: 'Asks nothing of the databases behind it.',
          responses: {
            200: {
              description: 'It does.',
              content: { 'application/json': { schema: { type: 'object', properties: { status: { const: 'ok' } } } } },
            },
          },
        },
      },
    },
    components: {
      schemas: schemas(),
      securitySchemes: {
        signInCookie: { type: 'apiKey', in: 'cookie', name: 'propromo_sign_in' },
        signInBearer: { type: 'http', scheme: 'bearer', description: 'The sign-in secret.' },
        ticketQuery: { type: 'apiKey', in: 'query', name: 'auth' },
        ticketBearer: { type: 'http', scheme: 'bearer', description: 'The ticket.' },
      },
    },
  }
}

function schemas() {
  const registry = z.registry<{ id: string }>()
  const all = {
    LoginBody,
    TicketBody,
    Chat: ChatAnswer,
    Admission: AdmissionAnswer,
    Refusal: RefusalAnswer,
    Done: DoneAnswer,
  }
  for (const [id, schema] of Object.entries(all)) registry.add(schema, { ...schema.meta(), id })
  const made = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _dialect, $id: _place, ...schema }]) => [id, schema]),
  )
}

function body(schema: string, required: boolean) {
  const content = { schema: { $ref: `#/components/schemas/${schema}` } }
  return {
    required,
    content: {
      'application/json': content,
      'application/x-www-form-urlencoded': content,
      'multipart/form-data': content,
    },
  }
}

function admission() {
  return answer('A ticket, and the chats that it opens.', 'Admission')
}

function answer(description: string, schema: string) {
  return { description, content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } }
}

/** One response a status, naming every code that comes with it. */
function refusals(...codes: readonly Code[]) {
  const statuses = [...new Set(codes.map((code) => STATUS[code]))]
  return Object.fromEntries(
    statuses.map((status) => {
      const named = codes.filter((code) => STATUS[code] === status).join(', ')
      const headers = status === 429 || status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}
      return [status, { ...answer(named, 'Refusal'), ...headers }]
    }),
  )
}

const RETRY_AFTER = { description: 'Seconds to wait.', schema: { type: 'integer' } }
