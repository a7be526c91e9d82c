// A request's body, in any of the three shapes that forms and clients send, as named fields.
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { Refusal } from '../../protocol/refusal.ts'
import type { Env } from './request.ts'

const MOST_BODY_BYTES = 16 * 1024
const TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** Rule L4. What is too large is refused before it is read. */
export const limitBody = bodyLimit({
  maxSize: MOST_BODY_BYTES,
  onError: () => {
    throw new Refusal('body_too_large', `Cannot read the request: its body is over ${MOST_BODY_BYTES} bytes`)
  },
})

/** The fields that `schema` describes, or a refusal that names the one that is wrong. */
export async function readBody<Schema extends z.ZodType>(c: Context<Env>, schema: Schema): Promise<z.output<Schema>> {
  const coding = c.req.header('Content-Encoding') ?? 'identity'
  if (coding.toLowerCase() !== 'identity') {
    throw new Refusal(
      'unsupported_media_type',
      'Cannot read the request: send its body as it is, without a Content-Encoding',
    )
  }
  const type = typeOf(c)
  if (!TYPES.includes(type)) {
    throw new Refusal(
      'unsupported_media_type',
      `Cannot read the request: its Content-Type must be one of ${TYPES.join(', ')}`,
    )
  }
  const result = schema.safeParse(await fieldsOf(c, type))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue?.path.join('.')
  const where = field
    ? `the field ${JSON.stringify(field.slice(0, 40))} has the wrong type`
    : 'it is not an object with named fields'
  throw malformed(where)
}

/** As `readBody`, for requests that may as well have no body at all. */
export async function readOptionalBody<Schema extends z.ZodType>(
  c: Context<Env>,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const { size } = await c.req.blob()
  return size === 0 ? undefined : readBody(c, schema)
}

async function fieldsOf(c: Context<Env>, type: string): Promise<unknown> {
  try {
    const bytes = await c.req.arrayBuffer()
    if (type === 'multipart/form-data') return await formFields(c, bytes)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return type === 'application/json' ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  } catch {
    throw malformed(`it does not parse as ${type}`)
  }
}

async function formFields(c: Context<Env>, bytes: ArrayBuffer): Promise<unknown> {
  const headers = { 'Content-Type': c.req.header('Content-Type') ?? '' }
  const form = await new Response(bytes, { headers }).formData()
  return Object.fromEntries(form.entries())
}

function typeOf(c: Context<Env>): string {
  return (c.req.header('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function malformed(what: string): Refusal {
  return new Refusal('malformed_body', `Cannot read the request: ${what}`)
}
