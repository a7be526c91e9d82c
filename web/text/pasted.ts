// Formatted text from elsewhere, as markdown. It is only ever read in a document of its own, where nothing loads and nothing runs.
import type Turndown from 'turndown'

/** More than this is a document, and not something to say: it comes as plain text. */
const MOST_HTML = 500_000

const FORMATTING = 'b, strong, i, em, del, s, code, pre, blockquote, li, a[href], h1, h2, h3, h4, h5, h6'
const DROPPED =
  'script, style, template, noscript, iframe, object, embed, svg, math, head, title, meta, link, form, button'

/** The pasted HTML as a document apart, or `null` where plain text says the same. */
export function formattedIn(html: string): Document | null {
  if (html.length === 0 || html.length > MOST_HTML) return null
  const apart = new DOMParser().parseFromString(quiet(html), 'text/html')
  for (const element of apart.querySelectorAll(DROPPED)) element.remove()
  // Text processors wrap what is not bold in a bold element that takes it back.
  for (const element of apart.querySelectorAll('b, strong, i, em')) if (isTakenBack(element)) unwrap(element)
  return apart.querySelector(FORMATTING) ? apart : null
}

/** Styles and handlers have no effect in there, but the page's own policy would complain of each: they get other names. */
function quiet(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, '$1data-$2'))
}

/** Rejects where its library does not arrive. */
export async function markdownOf(apart: Document): Promise<string> {
  const { default: Service } = await import('turndown')
  const service = new Service({ codeBlockStyle: 'fenced', emDelimiter: '*', bulletListMarker: '-', br: '', hr: '---' })
  service.escape = escaped
  service.addRule('heading', {
    filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    replacement: (content) => `\n\n**${content.replaceAll('**', '')}**\n\n`,
  })
  service.addRule('struck', { filter: ['del', 's'], replacement: (content) => `~~${content}~~` })
  service.addRule('picture', { filter: 'img', replacement: (_, node) => escaped(attribute(node, 'alt')) })
  service.addRule('item', { filter: 'li', replacement: (content, node) => item(content, node) })
  service.addRule('link', { filter: 'a', replacement: (content, node) => link(content, attribute(node, 'href')) })
  return service.turndown(apart.body).trim()
}

/** What would be formatting although nobody formatted it. Addresses stay as they are, so that they lead somewhere. */
function escaped(text: string): string {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, place) => (place % 2 === 1 ? part : part.replace(/([\\`*[\]~]|\b_|_\b)/g, '\\$1')))
    .join('')
    .replace(/^(\s*)([-+>#]|\d+[.)])(?=\s)/gm, (_, space: string, mark: string) =>
      /^\d/.test(mark) ? `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}` : `${space}\\${mark}`,
    )
}

function item(content: string, node: Turndown.Node): string {
  const parent = node.parentElement
  const items = [...(parent?.children ?? [])].filter(({ nodeName }) => nodeName === 'LI')
  const first = Number.parseInt(attribute(parent, 'start'), 10) || 1
  const mark =
    parent?.nodeName === 'OL'
      ? `${
          first +
          Math.max(
            0,
            items.findIndex((other) => node.isSameNode(other)),
          )
        }. `
      : '- '
  const lines = content
    .trim()
    .replace(/\n{2,}/g, '\n')
    .replaceAll('\n', `\n${' '.repeat(mark.length)}`)
  return `${mark}${lines}${node.nextSibling ? '\n' : ''}`
}

/** Only addresses that a page or a letter has; a link that shows its own address is that address. */
function link(content: string, href: string): string {
  const text = content.trim()
  if (!/^(?:https?:\/\/|mailto:)/i.test(href) || text === '') return content
  const address = href
    .replace(/[\s<>()]/g, encodeURIComponent)
    .replaceAll('(', '%28')
    .replaceAll(')', '%29')
  return text === href || text === href.replace(/^mailto:/i, '') ? text : `[${text.replaceAll('\n', ' ')}](${address})`
}

function attribute(node: Turndown.Node | Element | null, name: string): string {
  return node && 'getAttribute' in node ? (node.getAttribute(name) ?? '') : ''
}

function isTakenBack(element: Element): boolean {
  return /font-(?:weight:\s*(?:normal|400)|style:\s*normal)/i.test(element.getAttribute('data-style') ?? '')
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes)
}
