// The part of the OpenAPI document about an account's sign-ins.
import { answer, refusals } from './openapi-parts.ts'

export function signInPaths() {
  return {
    '/sign-ins': {
      get: {
        operationId: 'listSignIns',
        summary: 'Where the account is signed in',
        description: 'Every sign-in of the account that stands.',
        security: [{ signInCookie: [] }, { signInBearer: [] }],
        responses: {
          200: answer('The sign-ins.', 'SignIns'),
          ...refusals('signed_out', 'too_many_requests', 'accounts_unavailable', 'store_unavailable'),
        },
      },
    },
    '/sign-ins/{id}/end': {
      post: {
        operationId: 'endSignIn',
        summary: 'End one of the account’s sign-ins',
        description: 'Closes the sockets that it opened, with close code 4502. It may be the one that asks.',
        security: [{ signInCookie: [] }, { signInBearer: [] }],
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            description: 'As /sign-ins lists it.',
            schema: { type: 'string' },
          },
        ],
        responses: {
          200: answer('The sign-in has ended.', 'Done'),
          ...refusals(
            'signed_out',
            'origin_refused',
            'not_found',
            'too_many_requests',
            'accounts_unavailable',
            'store_unavailable',
          ),
        },
      },
    },
  }
}
