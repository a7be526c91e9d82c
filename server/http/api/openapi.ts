// The HTTP side of the API as OpenAPI 3.1, made from the schemas that check the input.
import { version } from '../../../package.json'
import { admission, answer, body, document, page, refusals, schemas } from './openapi-parts.ts'
import { signInPaths } from './openapi-sign-ins.ts'
import { watchingPaths } from './openapi-watching.ts'

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
      '/': page('home', 'Whether an account has access to a chat', 'A form that works without script.'),
      '/docs': page('docs', 'The API to read', 'Both descriptions as one page.'),
      '/openapi.json': document('openapi', 'The HTTP side of the API', 'OpenAPI 3.1.'),
      '/asyncapi.json': document('asyncapi', 'What is said on the socket', 'AsyncAPI 3.0.'),
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
          summary: 'Get a fresh ticket with a sign-in, or with an assertion',
          description:
            'The memberships are read afresh. With a sign-in the body may be left out. With grant_type and assertion, a server that the chat trusts vouches for somebody (RFC 7523); neither cookie nor sign-in counts then, and none is started.',
          security: [{ signInCookie: [] }, { signInBearer: [] }, {}],
          requestBody: body('TicketBody', false),
          responses: {
            200: admission(),
            ...refusals(
              'malformed_body',
              'assertion_invalid',
              'signed_out',
              'no_access',
              'no_chats',
              'origin_refused',
              'body_too_large',
              'unsupported_media_type',
              'too_many_requests',
              'accounts_unavailable',
              'store_unavailable',
            ),
          },
        },
      },
      '/logout': {
        post: {
          operationId: 'logout',
          summary: 'End a sign-in, or all of its account',
          description:
            'Closes the sockets that it opened, with close code 4502. With "everywhere", the same for every sign-in of the account. The body may be left out.',
          security: [{ signInCookie: [] }, { signInBearer: [] }],
          requestBody: body('LogoutBody', false),
          responses: {
            200: answer('The sign-in has ended.', 'Done'),
            ...refusals(
              'malformed_body',
              'signed_out',
              'origin_refused',
              'body_too_large',
              'unsupported_media_type',
              'store_unavailable',
            ),
          },
        },
      },
      ...signInPaths(),
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
              'ticket_expired',
              'ticket_invalid',
              'signed_out',
              'ticket_spent',
              'no_access',
              'origin_refused',
              'upgrade_required',
              'too_many',
              'server_full',
              'upgrades_busy',
              'accounts_unavailable',
              'store_unavailable',
              'restarting',
            ),
          },
        },
      },
      '/rooms/{monitor_id}/export': {
        get: {
          operationId: 'exportRoom',
          summary: 'Everything that was said in a room, for its owner',
          description:
            'Every message in its present state, as JSON Lines for programs or as a page for people that loads nothing. The last line of JSON Lines has the type "end": what lacks it was cut short.',
          security: [{ signInCookie: [] }, { signInBearer: [] }],
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
              name: 'format',
              in: 'query',
              description: 'jsonl where it is left out.',
              schema: { type: 'string', enum: ['jsonl', 'html'] },
            },
          ],
          responses: {
            200: {
              description: 'A file to keep, in pieces as it is read.',
              content: {
                'application/jsonl': { schema: { type: 'string' } },
                'text/html': { schema: { type: 'string' } },
              },
            },
            ...refusals(
              'unknown_format',
              'signed_out',
              'no_access',
              'origin_refused',
              'accounts_unavailable',
              'store_unavailable',
            ),
          },
        },
      },
      ...watchingPaths(),
    },
    components: {
      schemas: schemas(),
      // Wherever something is asked for that is not there.
      responses: refusals('not_found', 'method_not_allowed'),
      securitySchemes: {
        signInCookie: { type: 'apiKey', in: 'cookie', name: 'propromo_sign_in' },
        signInBearer: { type: 'http', scheme: 'bearer', description: 'The sign-in secret.' },
        ticketQuery: { type: 'apiKey', in: 'query', name: 'auth' },
        ticketBearer: { type: 'http', scheme: 'bearer', description: 'The ticket.' },
        metricsBearer: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN.' },
      },
    },
  }
}
