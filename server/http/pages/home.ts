// The home page: where the chat begins; without script, a small form that tells whether an account has access to one.
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { Chat } from '../../../protocol/chat.ts'
import type { Refusal } from '../../../protocol/refusal.ts'
import type { Admission } from '../../chat/sign-in.ts'
import type { PageFiles } from '../page/files.ts'
import { type Env, ownOrigin, type Place, prefersGerman } from '../request.ts'
import { layout, type Markup } from './layout.ts'
import { type Words, wordsIn } from './words.ts'

export function homePage(c: Context<Env>, page: PageFiles): Markup {
  const words = wordsIn(prefersGerman(c))
  return layout(
    words,
    words.heading,
    html`<p class="lead">${words.lead}</p>${form(words, { email: '', monitor: c.req.query('monitor') ?? '' })}`,
    html`<meta name="description" content="${words.lead}">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/assets/icon-apple.png">
<meta name="theme-color" content="#f6f5f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#141618" media="(prefers-color-scheme: dark)">
<noscript><link rel="stylesheet" href="/assets/pages.css"></noscript>
<link rel="stylesheet" href="/assets/${page.style}">
<script>${raw(page.boot)}</script>
<script type="module" src="/assets/${page.script}"></script>`,
  )
}

/** The ticket with its lifetime, and the chats with the line that opens each (rule L10). */
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

export function signedOutPage(c: Context<Env>, everywhere: boolean): Markup {
  const words = wordsIn(prefersGerman(c))
  const hint = everywhere ? words.signedOutEverywhereHint : words.signedOutHint
  return layout(words, words.signedOut, html`<p class="lead">${hint}</p>${backLink(words)}`)
}

/** A refusal, and where a form led to it, the form again. */
export function refusalPage(c: Context<Env>, refusal: Refusal): Markup {
  const words = wordsIn(prefersGerman(c))
  const { retryAfterSeconds: seconds } = refusal
  const again = seconds === undefined ? '' : html`<p>${words.retryIn(seconds)}</p>`
  const isLogin = c.req.path === '/login' || refusal.code === 'signed_out'
  return layout(
    words,
    words.refused,
    html`<div class="refusal" role="alert">
<p>${words.codes[refusal.code] ?? refusal.message}</p>${again}
<p class="quiet"><code>${refusal.code}</code></p>
</div>
${isLogin ? form(words, { email: c.get('email') ?? '', monitor: '' }) : backLink(words)}`,
  )
}

/** The cursor waits where something is missing: a refused login keeps the email. */
function form(words: Words, { email, monitor }: { email: string; monitor: string }): Markup {
  return html`<form class="card" method="post" action="/login">
<label for="email">${words.email}</label>
<input id="email" name="email" type="email" value="${email}" autocomplete="username" required ${email ? '' : 'autofocus'}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${email ? 'autofocus' : ''}>
<label for="monitor_id">${words.monitorId} <span class="quiet">(${words.optional})</span></label>
<input id="monitor_id" name="monitor_id" value="${monitor}" autocapitalize="off" autocomplete="off"
 spellcheck="false" aria-describedby="monitor_hint">
<p class="quiet" id="monitor_hint">${words.monitorHint}</p>
<button>${words.logIn}</button>
</form>`
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

function backLink(words: Words): Markup {
  return html`<p><a href="/">${words.back}</a></p>`
}

function time(at: number): Markup {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`
}
