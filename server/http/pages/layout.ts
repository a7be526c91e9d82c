// The frame around every page that the server makes itself.
import { html } from 'hono/html'
import type { Words } from './words.ts'

export type Markup = ReturnType<typeof html>

/**
 * Under the policy of our other answers, `no-referrer`, browsers would send our own forms with `Origin: null`,
 * which is what a sandboxed page of anybody's sends too.
 */
const SENDS_ORIGIN = html`<meta name="referrer" content="same-origin">`

/** `head` is what one page alone needs in there. */
export function layout(words: Words, heading: string, content: Markup, head: Markup | '' = ''): Markup {
  return html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${SENDS_ORIGIN}
<title>${heading} – ${words.title}</title>
${head || html`<link rel="stylesheet" href="/assets/pages.css">`}
</head>
<body>
<header><a href="/">${words.title}</a></header>
<main>
<h1>${heading}</h1>
${content}
</main>
<footer><a href="/docs">${words.forDevelopers}</a></footer>
</body>
</html>`
}

export function backLink(words: Words): Markup {
  return html`<p><a href="/">${words.back}</a></p>`
}
