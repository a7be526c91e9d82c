// Where a form ends: somebody is signed out, or is told why not.
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Refusal } from '../../../protocol/refusal.ts'
import { type Env, prefersGerman } from '../request.ts'
import { loginForm } from './home.ts'
import { backLink, layout, type Markup } from './layout.ts'
import { wordsIn } from './words.ts'

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
${isLogin ? loginForm(words, { email: c.get('email') ?? '', monitor: '' }) : backLink(words)}`,
  )
}
