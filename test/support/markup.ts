// What a page says and what it would load, read off its markup.

export interface Markup {
  /** Its words, without tags. */
  readonly text: string
  /** Every address in it that a browser could load or lead to. */
  readonly addresses: readonly string[]
  /** Script and style that are written into the page itself, as `'<style>'` or `'<p onclick>'`. */
  readonly inline: readonly string[]
}

const ADDRESSES = ['href', 'src', 'srcset', 'action', 'formaction', 'data', 'poster', 'background', 'ping', 'manifest']

export function readMarkup(html: string): Markup {
  const addresses: string[] = []
  const inline: string[] = []
  const reader = new HTMLRewriter().on('*', {
    element({ tagName, attributes }) {
      const named = new Map([...attributes].map(([name = '', value = '']) => [name.toLowerCase(), value]))
      for (const name of ADDRESSES) addresses.push(...(named.has(name) ? [named.get(name) ?? ''] : []))
      if (tagName === 'style' || (tagName === 'script' && !named.has('src'))) inline.push(`<${tagName}>`)
      for (const name of named.keys()) if (name === 'style' || /^on/.test(name)) inline.push(`<${tagName} ${name}>`)
    },
  })
  const text = unescaped(reader.transform(html).replace(/<[^>]*>/g, ''))
  return { text, addresses: addresses.map(unescaped), inline }
}

export function unescaped(markup: string): string {
  const letters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return markup.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => letters[name] ?? '')
}
