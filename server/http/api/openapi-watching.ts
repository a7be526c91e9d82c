// What the API's description says of the pages for those who watch over the server.
import { refusals } from './openapi-parts.ts'

const PART = {
  type: 'object',
  required: ['status', 'milliseconds'],
  properties: { status: { enum: ['ok', 'failed'] }, milliseconds: { type: 'number' } },
}
const PARTS = {
  type: 'object',
  description: 'What it depends on, by name: store, accounts, and broker where there are several processes.',
  additionalProperties: PART,
}

export function watchingPaths() {
  const unready = refusals('restarting', 'accounts_unavailable', 'store_unavailable')[503]
  const why = { allOf: [{ $ref: '#/components/schemas/Refusal' }, { type: 'object', properties: { parts: PARTS } }] }
  return {
    '/health': {
      get: {
        operationId: 'health',
        summary: 'Whether the process answers',
        description:
          'Asks nothing of the databases behind it. `way` is for the doctor of whoever runs the server, who proves it with the key of the tickets.',
        responses: {
          200: json('It does.', {
            type: 'object',
            required: ['status'],
            properties: { status: { const: 'ok' }, way: { type: 'object' } },
          }),
        },
      },
    },
    '/ready': {
      get: {
        operationId: 'ready',
        summary: 'Whether the process can do its work now',
        description: 'Asks every part that it depends on, within two seconds, and at most once a second for everyone.',
        responses: {
          200: json('It can.', {
            type: 'object',
            required: ['status', 'parts'],
            properties: { status: { const: 'ok' }, parts: PARTS },
          }),
          503: { ...unready, ...json(unready?.description ?? '', why) },
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'metrics',
        summary: 'Figures for Prometheus',
        description:
          'For those who run the server: with METRICS_TOKEN as bearer, or from the machine itself. Everyone else gets 404.',
        security: [{}, { metricsBearer: [] }],
        responses: {
          200: { description: 'As text.', content: { 'text/plain': { schema: { type: 'string' } } } },
          ...refusals('not_found', 'restarting'),
        },
      },
    },
  }
}

function json(description: string, schema: object) {
  return { description, content: { 'application/json': { schema } } }
}
