// The home page: where the chat begins; without script, a small form that tells whether an account has access to one.
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { PageFiles } from '../page/files.ts'
import { type Env, prefersGerman } from '../request.ts'
import { layout, type Markup } from './layout.ts'
import { type Words, wordsIn } from './words.ts'

export function homePage(c: Context<Env>, page: PageFiles): Markup {
  const words = wordsIn(prefersGerman(c))
  return layout(
    words,
    words.heading,
    html`<p class="lead">${words.lead}</p>${loginForm(words, { email: '', monitor: c.req.query('monitor') ?? '' })}`,
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

/** The cursor waits where something is missing: a refused login keeps the email. */
export function loginForm(words: Words, { email, monitor }: { email: string; monitor: string }): Markup {
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
