// Where an account is signed in, as a page with a button to end each (rules L10 and L13).
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ListedSignIn } from '../../chat/sign-in.ts'
import { type Env, prefersGerman } from '../request.ts'
import { backLink, layout, type Markup } from './layout.ts'
import { type Words, wordsIn } from './words.ts'

export function signInsPage(c: Context<Env>, signIns: readonly ListedSignIn[]): Markup {
  const words = wordsIn(prefersGerman(c))
  return layout(
    words,
    words.signIns,
    html`<ul class="chats">${signIns.map((signIn) => item(words, signIn))}</ul>
${backLink(words)}`,
  )
}

function item(words: Words, { id, startedAt, usedAt, address, device, current }: ListedSignIn): Markup {
  const started = startedAt === null ? '' : html`${words.startedAt} ${moment(startedAt)} · `
  return html`<li class="card">
<h3>${device ?? words.unknownDevice}${current ? ` (${words.thisDevice})` : ''}</h3>
<p class="quiet">${started}${words.usedAt} ${moment(usedAt)}${address === null ? '' : ` · ${address}`}</p>
<form method="post" action="/sign-ins/${encodeURIComponent(id)}/end"><button class="second">${words.endSignIn}</button></form>
</li>`
}

function moment(at: number): Markup {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}
