// The server's descriptions of itself as judges: OpenAPI of answers, AsyncAPI of frames.
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Server } from './server.ts'

interface Response3 {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: object }>>
    readonly responses?: Readonly<Record<string, Response3>>
  }
}

export interface Operation {
  readonly summary: string
  readonly responses: Readonly<Record<string, Response3>>
}

/** `/openapi.json`, and what it has against an answer. */
export class HttpDescription {
  readonly document: OpenApi
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })

  static async of(server: Server): Promise<HttpDescription> {
    return new HttpDescription((await (await fetch(`${server.origin}/openapi.json`)).json()) as OpenApi)
  }

  private constructor(document: OpenApi) {
    this.document = document
    this.#ajv.addSchema(document, 'openapi', undefined, false)
  }

  /** Every operation as `'POST /login'`. */
  get operations(): readonly string[] {
    const { paths } = this.document
    return Object.keys(paths).flatMap((path) =>
      Object.keys(paths[path] ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
    )
  }

  /** Every response, wherever it stands. */
  get responses(): readonly { status: string; description: string }[] {
    const operations = Object.values(this.document.paths).flatMap((methods) => Object.values(methods))
    const shared = this.document.components.responses ?? {}
    const all = [...operations.flatMap(({ responses }) => Object.entries(responses)), ...Object.entries(shared)]
    return all.map(([status, { description }]) => ({ status, description }))
  }

  /** The answer in short, as `'401 signed_out'`, followed by everything in which it is not as its operation describes it. */
  async judge(operation: string, answer: Response): Promise<string> {
    const [method = '', path = ''] = operation.split(' ')
    const type = answer.headers.get('Content-Type')?.split(';')[0] ?? 'no content'
    const text = await answer.text()
    const body: unknown = type === 'application/json' ? JSON.parse(text) : text
    const code = codeOf(body)
    const short = code ? `${answer.status} ${code}` : String(answer.status)

    const described = this.document.paths[path]?.[method.toLowerCase()]?.responses[answer.status]
    if (!described) return `${short}, a status that is not described`
    const faults: string[] = []
    if (code && !described.description.split(/\W+/).includes(code)) faults.push('a code that is not described')
    const missing = Object.keys(described.headers ?? {}).filter((name) => !answer.headers.has(name))
    faults.push(...missing.map((name) => `without the header ${name} that is described`))
    if (answer.status !== 101) faults.push(...this.#bodyFaults([method, path, answer.status, type], body, described))
    return [short, ...faults].join(', ')
  }

  #bodyFaults([method = '', path = '', status, type = '']: Place, body: unknown, described: Response3): string[] {
    const content = described.content?.[type]
    if (!content) return [`${type}, which is not described`]
    if (!content.schema) return []
    const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const validate = this.#ajv.compile({ $ref: `openapi#/${pointer}` })
    if (validate(body)) return []
    return [`a body that is not as described: ${this.#ajv.errorsText(validate.errors)}`]
  }
}

type Place = readonly [method: string, path: string, status: number, type: string]

interface Message {
  readonly title: string
  readonly contentType: string
  readonly payload: object
}

export interface AsyncApi {
  readonly operations: Readonly<
    Record<
      string,
      { readonly action: string; readonly summary: string; readonly messages: readonly { $ref: string }[] }
    >
  >
  readonly components: { readonly messages: Readonly<Record<string, Message>> }
}

/** `/asyncapi.json`, and which of its messages a frame is. */
export class SocketDescription {
  readonly document: AsyncApi
  readonly #ajv = new Ajv2020({ strict: false })

  static async of(server: Server): Promise<SocketDescription> {
    return new SocketDescription((await (await fetch(`${server.origin}/asyncapi.json`)).json()) as AsyncApi)
  }

  private constructor(document: AsyncApi) {
    this.document = document
  }

  /** The names of the messages that the server sends and that describe this frame: exactly one, if all is well. */
  namesOf(frame: string): readonly string[] {
    const sent = Object.values(this.document.operations).filter(({ action }) => action === 'send')
    const names = sent.flatMap(({ messages }) => messages.map(({ $ref }) => $ref.split('/').at(-1) ?? ''))
    return names.filter((name) => this.#describes(this.document.components.messages[name], frame))
  }

  #describes(message: Message | undefined, frame: string): boolean {
    if (!message) return false
    if (message.contentType !== 'application/json') return this.#ajv.validate(message.payload, frame)
    return frame.startsWith('{') && this.#ajv.validate(message.payload, JSON.parse(frame))
  }
}

function codeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined
  return String(body.code)
}
