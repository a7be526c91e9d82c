// An exported room as a page of its own: it loads nothing, runs nothing, and reads and prints well.
import { createHash } from 'node:crypto'
import type { Message } from '../../protocol/event.ts'
import { shownControls } from './controls.ts'
import type { Subject } from './export.ts'
import { EXPORT_WORDS } from './export-words.ts'

const STYLE = `
:root { color-scheme: light dark; --quiet: light-dark(#5b5f64, #a3a8ae); --line: light-dark(#dddad2, #34383c); }
body { margin: 0 auto; max-width: 44rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fbfaf7, #141618); color: light-dark(#1d1f21, #e8e6e1); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
article { margin: 0 0 1rem; break-inside: avoid; }
article:target { outline: 2px solid currentColor; outline-offset: .25rem; }
article header { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; }
article p { margin: 0; white-space: pre-wrap; unicode-bidi: plaintext; }
.quiet, time, footer { color: var(--quiet); font-size: .875rem; }
a { color: inherit; }
ul { display: flex; flex-wrap: wrap; gap: .25rem .75rem; list-style: none; margin: .25rem 0 0; padding: 0; }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; background: none; } h2 { break-after: avoid; } }
`
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

/** Made from top to bottom, once. */
export function exportPage({ room, names, language, at }: Subject) {
  const words = EXPORT_WORDS[language]
  const dayIn = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone: 'UTC' })
  const whenIn = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const title = words.title(room.title || (room.type === undefined ? room.monitor_hash : words.untitled))
  let day = ''
  let many = 0

  return {
    head: () => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">${escaped(title)}</h1>
${room.short_description ? `<p dir="auto">${escaped(room.short_description)}</p>\n` : ''}<p class="quiet">${escaped(words.exported(whenIn.format(at)))}</p>
</header>
<main>
`,
    messages: (messages: readonly Message[]) => messages.map(article).join(''),
    foot: () => `</main>
<footer>${escaped(many === 0 ? words.empty : words.end(many))}</footer>
</body>
</html>
`,
  }

  function article(message: Message): string {
    const { id, text, deleted, replyTo, editedAt, pinned } = message
    many += 1
    const marks = [editedAt === undefined ? '' : words.edited, pinned ? words.pinned : ''].filter(Boolean)
    const reply =
      replyTo === undefined ? '' : `<p class="quiet"><a href="#m${escaped(replyTo)}">${words.answers}</a></p>\n`
    const said = deleted ? `<p class="quiet">${words.deleted}</p>` : `<p dir="auto">${escaped(text)}</p>`
    return `${dayBefore(message)}<article id="m${escaped(id)}">
<header><strong dir="auto">${escaped(nameOf(message.by))}</strong> ${time(message.at)}${marks.map((mark) => ` <span class="quiet">${mark}</span>`).join('')}</header>
${reply}${said}
${reactions(message)}</article>
`
  }

  function dayBefore({ at: saidAt }: Message): string {
    const its = dayIn.format(saidAt)
    if (its === day) return ''
    day = its
    return `<h2>${escaped(its)}</h2>\n`
  }

  function reactions({ reactions: all }: Message): string {
    const items = Object.entries(all).map(([emoji, emails]) => words.reactedBy(emoji, emails.map(nameOf).join(', ')))
    return items.length === 0
      ? ''
      : `<ul class="quiet">${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>\n`
  }

  function nameOf(email: string): string {
    const name = names.get(email)
    return name ? `${name} (${email})` : email
  }
}

function time(at: number): string {
  const text = new Date(at).toISOString()
  return `<time datetime="${text}">${text.slice(11, 16)}</time>`
}

/** What people wrote is text, wherever it stands. */
function escaped(text: string): string {
  return shownControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
