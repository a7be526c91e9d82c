// Where a link leads, and whether what it says is where it leads.

export interface Link {
  readonly href: string
  /** The true host, where the text says another one or may be mistaken for one; to be shown beside it. */
  readonly host?: string
}

const SAFE: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])
/** What a person takes for an address: something with a dot in it, perhaps after a scheme. */
const ADDRESS = /^(?:[a-z][a-z\d+.-]*:\/*)?(?:[^\s/?#@]*@)?([^\s/?#:@]+\.[^\s/?#:@]{2,})(?:[:/?#]|$)/iu

/** `null` for what must not be a link. */
export function linkTo(href: string, text: string): Link | null {
  const url = parsed(href)
  if (!url || !SAFE.has(url.protocol)) return null
  if (url.protocol === 'mailto:') return mail(url, text)
  const says = hostIn(text)
  const isPlain = says === null || says === url.hostname
  const isForeign = url.hostname.includes('xn--')
  const hasName = url.username !== '' || url.password !== ''
  return isPlain && !isForeign && !hasName ? { href: url.href } : { href: url.href, host: url.host }
}

function mail(url: URL, text: string): Link {
  const to = readable(url.pathname)
  const written = text
    .trim()
    .toLowerCase()
    .replace(/^mailto:/, '')
  const isOther = /[^\s@]+@[^\s@]+/.test(written) && written !== to.toLowerCase()
  return isOther ? { href: url.href, host: to } : { href: url.href }
}

/** The host that a text names, as a browser would write it: `xn--` where it is not plain ASCII. */
function hostIn(text: string): string | null {
  const host = ADDRESS.exec(text.trim())?.[1]
  if (host === undefined) return null
  return parsed(`http://${host}`)?.hostname ?? host
}

function parsed(address: string): URL | null {
  try {
    return new URL(address)
  } catch {
    return null
  }
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
