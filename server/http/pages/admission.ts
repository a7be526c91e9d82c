// What a login without script leads to: the ticket with its lifetime, and the chats with the line that opens each (rule L10).
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Chat } from '../../../protocol/chat.ts'
import type { Admission } from '../../chat/sign-in.ts'
import { type Env, ownOrigin, type Place, prefersGerman } from '../request.ts'
import { layout, type Markup } from './layout.ts'
import { type Words, wordsIn } from './words.ts'

export function admissionPage(c: Context<Env>, place: Place, admission: Admission): Markup {
  const words = wordsIn(prefersGerman(c))
  const origin = ownOrigin(c, place).replace(/^http/, 'ws')
  return layout(
    words,
    words.welcome,
    html`<section>
<h2>${words.ticket}</h2>
<p>${words.ticketHint}</p>
<p><code class="copy">${admission.token}</code></p>
<p class="quiet">${words.validUntil} ${time(admission.expiresAt)}</p>
<div class="actions">
<form method="post" action="/tickets"><button>${words.freshTicket}</button></form>
<form method="post" action="/logout"><button class="second">${words.signOut}</button></form>
<form method="post" action="/logout"><button class="second" name="everywhere" value="true">${words.signOutEverywhere}</button></form>
</div>
<p><a href="/sign-ins">${words.signIns}</a></p>
</section>
<h2>${words.chats}</h2>
<ul class="chats">${admission.chats.map((chat) => chatItem(words, chat, origin, admission.token))}</ul>`,
  )
}

function chatItem(words: Words, chat: Chat, origin: string, token: string): Markup {
  const url = `${origin}/chat/${encodeURIComponent(chat.monitor_hash).replaceAll("'", '%27')}?auth=${token}`
  const visibility = chat.public ? words.publicProject : words.privateProject
  const link = /^https?:\/\//.test(chat.project_url ?? '')
    ? html` · <a href="${chat.project_url}" rel="noreferrer">${words.openProject}</a>`
    : ''
  return html`<li class="card">
<h3>${chat.title || words.untitled}</h3>
<p class="quiet">${chat.organization_name ? `${chat.organization_name} · ` : ''}${visibility}${link}</p>
${chat.short_description ? html`<p>${chat.short_description}</p>` : ''}
<p class="quiet">${words.connectHint}</p>
<p><code class="copy">wscat -c '${url}'</code></p>
</li>`
}

function time(at: number): Markup {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`
}
