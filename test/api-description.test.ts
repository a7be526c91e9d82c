// What the server says of itself, held against the standards and against its routes. What it answers: api-answers.test.ts.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0.json'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { STATUS } from '../protocol/refusal.ts'
import { HttpDescription, SocketDescription } from './support/description.ts'
import { readMarkup } from './support/markup.ts'
import { ROOM } from './support/people.ts'
import { type Server, startServer } from './support/server.ts'

let server: Server
let http: HttpDescription
let socket: SocketDescription

beforeAll(async () => {
  server = await startServer()
  http = await HttpDescription.of(server)
  socket = await SocketDescription.of(server)
})
afterAll(() => server.remove())

test('/openapi.json is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  expect(await validator.validate({ ...http.document })).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('/asyncapi.json is valid AsyncAPI 3.0', () => {
  const validate = new Ajv({ strict: false, meta: false, validateSchema: false, formats: FORMATS }).compile(
    asyncApiSchema,
  )
  validate(socket.document)
  expect(validate.errors ?? []).toEqual([])
  expect(validate({ ...socket.document, operations: { say: { action: 'shout' } } })).toBe(false)
})

test('every route is described, and what is described is a route', async () => {
  const source = await Bun.file(join(import.meta.dir, '../server/http/app.ts')).text()
  const routes = [...source.matchAll(/\bapp\.(get|post|put|patch|delete)\('([^']+)'/g)].map(
    ([, method = '', path = '']) => `${method.toUpperCase()} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`,
  )
  expect(routes).toContain('POST /login')
  // What a page of ours loads is part of that page.
  const described = routes.filter((route) => !route.startsWith('GET /assets/'))
  expect(http.operations.toSorted()).toEqual(described.toSorted())
})

test('[E3] every described path takes the described methods, and refuses the others with 405 and Allow', async () => {
  for (const [path, operations] of Object.entries(http.document.paths)) {
    const described = Object.keys(operations).map((method) => method.toUpperCase())
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await fetch(server.origin + path.replace('{monitor_id}', ROOM), { method })
      const allowed = answer.headers.get('Allow')?.split(', ')
      const isKnown = described.includes(method)
      expect(`${method} ${path}: ${[404, 405].includes(answer.status)}`).toBe(`${method} ${path}: ${!isKnown}`)
      if (!isKnown) expect(`${answer.status} ${allowed?.[0]}`).toBe(`405 ${described[0]}`)
    }
  }
})

test('[E1] every refusal code is described with its status', () => {
  const named = new Set(
    http.responses.flatMap(({ status, description }) => description.split(/\W+/).map((word) => `${status} ${word}`)),
  )
  const missing = Object.entries(STATUS).filter(([code, status]) => !named.has(`${status} ${code}`))
  expect(missing.map(([code, status]) => `${status} ${code}`)).toEqual([])
})

test('/docs shows every operation of both descriptions, and loads nothing from elsewhere', async () => {
  const page = readMarkup(await (await fetch(`${server.origin}/docs`)).text())
  const text = page.text.replace(/\s+/g, ' ')
  for (const operation of http.operations) expect(text).toContain(operation)
  const summaries = Object.values(http.document.paths).flatMap((methods) => Object.values(methods))
  for (const { summary } of [...summaries, ...Object.values(socket.document.operations)])
    expect(text).toContain(summary)
  for (const { title } of Object.values(socket.document.components.messages)) expect(text).toContain(title)

  const foreign = page.addresses.filter((address) => new URL(address, server.origin).origin !== server.origin)
  expect(foreign).toEqual([])
  expect(page.addresses).toContain('/assets/pages.css')
  expect(page.inline).toEqual([])
})

/** Formats of the AsyncAPI schema; that the addresses in it are addresses is enough. */
const FORMATS = { uri: URL.canParse, 'uri-reference': true, 'uri-template': true, regex: true, email: true } as const
