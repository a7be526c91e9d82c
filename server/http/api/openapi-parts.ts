// The pieces that the OpenAPI document is put together from.
import { z } from 'zod'
import { STATUS } from '../../../protocol/refusal.ts'
import {
  AdmissionAnswer,
  ChatAnswer,
  DoneAnswer,
  LoginBody,
  LogoutBody,
  RefusalAnswer,
  SignInsAnswer,
  TicketBody,
} from '../schemas.ts'

type Code = keyof typeof STATUS

export function schemas() {
  const registry = z.registry<{ id: string }>()
  const all = {
    LoginBody,
    TicketBody,
    LogoutBody,
    Chat: ChatAnswer,
    Admission: AdmissionAnswer,
    Refusal: RefusalAnswer,
    Done: DoneAnswer,
    SignIns: SignInsAnswer,
  }
  for (const [id, schema] of Object.entries(all)) registry.add(schema, { ...schema.meta(), id })
  const made = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema: _dialect, $id: _place, ...schema }]) => [id, schema]),
  )
}

export function body(schema: string, required: boolean) {
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

export function admission() {
  return answer('A ticket, and the chats that it opens.', 'Admission')
}

export function answer(description: string, schema: string) {
  // Whoever prefers text/html gets the same outcome as a page (rule L10).
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } }, ...PAGE },
  }
}

/** One response a status, naming every code that comes with it. */
export function refusals(...named: readonly Code[]) {
  const codes: readonly Code[] = [...named, 'internal_error']
  const statuses = [...new Set(codes.map((code) => STATUS[code]))]
  return Object.fromEntries(
    statuses.map((status) => {
      const list = codes.filter((code) => STATUS[code] === status).join(', ')
      const headers = status === 429 || status === 503 ? { headers: { 'Retry-After': RETRY_AFTER } } : {}
      return [status, { ...answer(list, 'Refusal'), ...headers }]
    }),
  )
}

const RETRY_AFTER = { description: 'Seconds to wait.', schema: { type: 'integer' } }

const PAGE = { 'text/html': { schema: { type: 'string' } } }

export function page(operationId: string, summary: string, description: string) {
  return { get: { operationId, summary, description, responses: { 200: { description: 'A page.', content: PAGE } } } }
}

export function document(operationId: string, summary: string, description: string) {
  const content = { 'application/json': { schema: { type: 'object' } } }
  return { get: { operationId, summary, description, responses: { 200: { description: 'JSON.', content } } } }
}
