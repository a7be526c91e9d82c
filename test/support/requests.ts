// Requests from wherever a test wants them to come from, and what every refusal has to look like.
import { expect } from 'bun:test'
import { type AdmissionBody, CUSTOMER, passwordAt } from './people.ts'
import type { Server } from './server.ts'
import { raw } from './wire.ts'

export interface PostOptions {
  /** The loopback address to come from. */
  readonly from?: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the body in chunks, with no word about its length beforehand. */
  readonly chunked?: boolean
  readonly waitMilliseconds?: number
}

/** A POST with exactly these bytes as its body. */
export async function postBytes(
  server: Server,
  path: string,
  body: string | Uint8Array,
  options: PostOptions = {},
): Promise<Response> {
  const bytes = Buffer.from(body)
  const headers = {
    Host: `127.0.0.1:${server.port}`,
    'Content-Type': options.type ?? 'application/json',
    ...(options.chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(bytes.length) }),
    ...options.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const answer = await raw(server, Buffer.concat([head, options.chunked ? inChunks(bytes) : bytes]), options)
  return new Response(answer.body, { status: answer.status, headers: [...answer.headers] })
}

/** A login as JSON, from any loopback address. */
export function logInFrom(
  server: Server,
  from: string,
  {
    email = CUSTOMER,
    password = passwordAt(server),
    ...options
  }: { email?: string; password?: string } & PostOptions = {},
): Promise<Response> {
  return postBytes(server, '/login', JSON.stringify({ email, password }), {
    waitMilliseconds: 15_000,
    ...options,
    from,
  })
}

/** What a login or a renewal that was not refused answered. */
export async function admitted(answer: Response): Promise<AdmissionBody> {
  if (answer.status !== 200) throw new Error(`refused: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as AdmissionBody
}

/** Holds the answer against rule E1 and gives back its sentence. */
export async function expectRefusal(answer: Response, status: number, code: string): Promise<string> {
  const text = await answer.text()
  expect(`${answer.status} ${text}`).toStartWith(`${status} {`)
  const body = JSON.parse(text) as { message: string }
  expect(body).toEqual({ success: false, code, message: expect.stringMatching(/^[A-Z].{10,}/) } as never)
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/json(?:; ?charset=utf-8)?$/i)
  if (status === 429 || status === 503) expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d{0,3}$/)
  else expect(answer.headers.get('Retry-After')).toBeNull()
  return body.message
}

function inChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let start = 0; start < bytes.length; start += 4096) {
    const part = bytes.subarray(start, start + 4096)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
