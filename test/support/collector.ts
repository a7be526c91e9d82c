// A collector of traces on loopback: takes what OpenTelemetry's exporter posts, strictly, and shows the spans as trees.
import { z } from 'zod'
import { until } from './redis.ts'

const Attribute = z.object({
  key: z.string(),
  value: z.union([z.object({ stringValue: z.string() }), z.object({ intValue: z.number() })]),
})
const Span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string().regex(/^\d{19}$/),
  endTimeUnixNano: z.string().regex(/^\d{19}$/),
  attributes: z.array(Attribute),
  events: z.array(z.never()),
  links: z.array(z.never()),
  status: z.object({ code: z.number(), message: z.never().optional() }),
})
const Posted = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(Attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

export type CollectedSpan = z.infer<typeof Span>
/** Names, with those of the parts inside, in the order in which they began. */
export type Tree = readonly [name: string, ...parts: Tree[]]

export class Collector {
  readonly endpoint: string
  readonly spans: CollectedSpan[] = []
  /** The bodies of all that came, and the headers of the last. */
  said = ''
  headers = new Headers()
  requests = 0
  /** Of the resources. */
  readonly resource = new Map<string, string | number>()
  /** Instead of taking them. */
  answer: (() => Response | Promise<Response>) | undefined
  readonly #server: Bun.Server<undefined>

  constructor() {
    this.#server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => this.#take(request) })
    this.endpoint = `http://127.0.0.1:${this.#server.port}`
  }

  /** The root with this name, once it has come, and its parts. */
  async tree(name: string): Promise<Tree> {
    return this.treeOf(await this.span(name))
  }

  /** A span with this name, once it has come: with its batch, and so with its parts. */
  async span(name: string): Promise<CollectedSpan> {
    const found = () => this.spans.find((span) => span.name === name)
    await until(`a span ${name}`, async () => found() !== undefined)
    const span = found()
    if (!span) throw new Error('it was there')
    return span
  }

  treeOf(root: CollectedSpan): Tree {
    const parts = this.partsOf(root).map((part) => this.treeOf(part))
    return [root.name, ...parts]
  }

  partsOf({ spanId, traceId }: CollectedSpan): readonly CollectedSpan[] {
    const parts = this.spans.filter((span) => span.parentSpanId === spanId && span.traceId === traceId)
    return parts.toSorted((a, b) => (a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1))
  }

  async remove(): Promise<void> {
    await this.#server.stop(true)
  }

  async #take(request: Request): Promise<Response> {
    this.requests += 1
    const text = await request.text()
    this.said += `${text}\n`
    this.headers = request.headers
    if (this.answer) return this.answer()
    if (request.method !== 'POST' || new URL(request.url).pathname !== '/v1/traces') {
      return new Response(null, { status: 404 })
    }
    for (const { resource, scopeSpans } of Posted.parse(JSON.parse(text)).resourceSpans) {
      for (const { key, value } of resource.attributes) this.resource.set(key, held(value))
      for (const { spans } of scopeSpans) this.spans.push(...spans)
    }
    return Response.json({})
  }
}

export function factsOf({ attributes }: CollectedSpan): Readonly<Record<string, string | number>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, held(value)]))
}

function held(value: z.infer<typeof Attribute>['value']): string | number {
  return 'stringValue' in value ? value.stringValue : value.intValue
}
