// GET /docs: the two descriptions of the API as one page to read, with nothing from elsewhere.
import type { Context } from 'hono'
import { html } from 'hono/html'
import { CLOSE } from '../../../protocol/close.ts'
import { asyncApi } from '../api/asyncapi.ts'
import { openApi } from '../api/openapi.ts'
import { type Env, ownOrigin, type Place, prefersGerman } from '../request.ts'
import { layout, type Markup } from './layout.ts'
import { wordsIn } from './words.ts'

export function docsPage(c: Context<Env>, place: Place): Markup {
  const origin = ownOrigin(c, place)
  const http = openApi(origin)
  const room = asyncApi(origin)
  const content = html`<p class="lead">${http.info.description}</p>
<p class="quiet">The same for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI ${http.openapi})
 and <a href="/asyncapi.json">/asyncapi.json</a> (AsyncAPI ${room.asyncapi}).</p>
<h2>HTTP</h2>
${Object.entries(http.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => httpOperation(method, path, operation)),
)}
<h2>What comes and goes</h2>
${Object.entries(http.components.schemas).map(([name, schema]) => objectSchema(name, schema as ObjectSchema))}
<h2>On the socket</h2>
<p>${room.info.description}</p>
${Object.values(room.operations).map(({ summary, messages }) => roomOperation(summary, messages, room.components.messages))}
<h2>Close codes</h2>
<p>After 4000 to 4499 come back; after 4500 to 4999 do not.</p>
<table><tbody>
${Object.values(CLOSE).map(({ code, reason, when }) => html`<tr><th>${code}</th><td>${reason}</td><td>${when}</td></tr>`)}
</tbody></table>`
  // The descriptions are for those who write clients, and are in English; the frame around them follows the reader.
  return layout(wordsIn(prefersGerman(c)), 'API', html`<div lang="en">${content}</div>`)
}

interface HttpOperation {
  readonly summary: string
  readonly description: string
  readonly responses: object
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly type?: unknown }>>
  readonly required?: readonly string[]
}

interface RoomMessage {
  readonly title: string
  readonly summary?: string
  readonly contentType: string
  readonly payload: object
}

function httpOperation(method: string, path: string, { summary, description, responses }: HttpOperation): Markup {
  const answers = Object.entries(responses as Record<string, { description: string }>)
  return html`<section class="card">
<h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p>${summary}. ${description}</p>
<details><summary>Answers</summary><table><tbody>
${answers.map(([status, answer]) => html`<tr><th>${status}</th><td>${answer.description}</td></tr>`)}
</tbody></table></details>
</section>`
}

function objectSchema(name: string, { properties = {}, required = [] }: ObjectSchema): Markup {
  return html`<details class="card"><summary>${name}</summary><table><tbody>
${Object.entries(properties).map(([field, { description, type }]) => {
  const note = required.includes(field) ? '' : html`<span class="quiet">optional</span>`
  return html`<tr><th><code>${field}</code></th><td>${description ?? [type].flat().join(' or ')} ${note}</td></tr>`
})}
</tbody></table></details>`
}

function roomOperation(
  summary: string,
  messages: readonly { readonly $ref: string }[],
  described: Readonly<Record<string, RoomMessage>>,
): Markup {
  const named = messages.flatMap(({ $ref }) => described[$ref.split('/').at(-1) ?? ''] ?? [])
  return html`<section class="card">
<h3>${summary}</h3>
${named.map(
  ({
    title,
    summary: about,
    contentType,
    payload,
  }) => html`<p><strong>${title}</strong> <span class="quiet">${contentType}</span><br>${about ?? ''}</p>
<details><summary>Shape</summary><pre><code class="copy">${JSON.stringify(payload, null, 2)}</code></pre></details>`,
)}
</section>`
}
