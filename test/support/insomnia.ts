// An Insomnia export, played as the app plays it: variables filled in, requests sent, scripts run on the answers.

export interface Resource {
  readonly _id: string
  readonly _type: string
  readonly parentId: string | null
  readonly name: string
}

interface Named {
  readonly name: string
  readonly value: string
}

export interface HttpRequest extends Resource {
  readonly _type: 'request'
  readonly url: string
  readonly method: string
  readonly body: { readonly mimeType?: string; readonly text?: string; readonly params?: readonly Named[] }
  readonly headers: readonly Named[]
  readonly authentication: { readonly type?: string; readonly token?: string }
  readonly afterResponseScript?: string
}

export interface SocketRequest extends Resource {
  readonly _type: 'websocket_request'
  readonly url: string
  readonly headers: readonly Named[]
}

export interface SocketPayload extends Resource {
  readonly _type: 'websocket_payload'
  readonly value: string
}

interface BaseEnvironment extends Resource {
  readonly _type: 'environment'
  readonly data: Readonly<Record<string, string>>
}

interface Export {
  readonly _type: string
  readonly __export_format: number
  readonly resources: readonly (HttpRequest | SocketRequest | SocketPayload | BaseEnvironment)[]
}

export class Insomnia {
  readonly file: Export
  readonly environment: Record<string, string> = {}

  constructor(json: string) {
    this.file = JSON.parse(json) as Export
    for (const resource of this.file.resources) {
      if (resource._type === 'environment') Object.assign(this.environment, resource.data)
    }
  }

  get requests(): readonly HttpRequest[] {
    return this.file.resources.filter((resource) => resource._type === 'request')
  }

  get sockets(): readonly SocketRequest[] {
    return this.file.resources.filter((resource) => resource._type === 'websocket_request')
  }

  payloadsOf(socket: SocketRequest): readonly SocketPayload[] {
    const payloads = this.file.resources.filter((resource) => resource._type === 'websocket_payload')
    return payloads.filter(({ parentId }) => parentId === socket._id)
  }

  /** The text with every variable's value in its place; a variable that the environment lacks is an error, as in the app. */
  fill(text: string): string {
    const filled = text.replace(/\{\{ *_\.(\w+) *\}\}/g, (_, name: string) => {
      const value = this.environment[name]
      if (value === undefined) throw new Error(`the environment has no ${name}`)
      return value
    })
    if (/\{[{%]/.test(filled)) throw new Error(`not a variable of the environment: ${filled}`)
    return filled
  }

  headersOf({ headers }: HttpRequest | SocketRequest): Record<string, string> {
    return Object.fromEntries(headers.map(({ name, value }) => [name, this.fill(value)]))
  }

  async send(request: HttpRequest): Promise<Response> {
    const { type, token = '' } = request.authentication
    const bearer: Record<string, string> = type === 'bearer' ? { Authorization: `Bearer ${this.fill(token)}` } : {}
    const body = this.#bodyOf(request)
    const answer = await fetch(this.fill(request.url), {
      method: request.method,
      headers: { ...this.headersOf(request), ...bearer },
      ...(body === undefined ? {} : { body }),
    })
    const { afterResponseScript: script } = request
    if (script) this.#run(script, await answer.clone().json())
    return answer
  }

  #bodyOf({ body: { mimeType, text, params = [] } }: HttpRequest): string | URLSearchParams | FormData | undefined {
    if (mimeType === undefined) return undefined
    if (text !== undefined) return this.fill(text)
    const fields = params.map(({ name, value }): [string, string] => [name, this.fill(value)])
    if (mimeType === 'application/x-www-form-urlencoded') return new URLSearchParams(fields)
    const form = new FormData()
    for (const [name, value] of fields) form.append(name, value)
    return form
  }

  #run(script: string, answer: unknown): void {
    const set = (name: string, value: string) => {
      this.environment[name] = value
    }
    new Function('insomnia', script)({ response: { json: () => answer }, environment: { set } })
  }
}
