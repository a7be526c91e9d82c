// A configuration as it may be shown to anybody: what could be a secret is not in it.
import { Proxies } from '../http/proxies.ts'

const SECRET = /key|pass|secret|token|credential|username|cookie|header/i

/** Each setting with its place in the configuration, as `limits.textBytes`. */
export function settingsIn(value: object, place = ''): readonly (readonly [place: string, shown: string])[] {
  return Object.entries(value).flatMap(([name, held]) => {
    const here = place ? `${place}.${name}` : name
    if (isOpened(name, held)) return settingsIn(held, here)
    return [[here, shown(name, held)] as const]
  })
}

/** One value under its name. What is not text, a number or a switch is not shown at all. */
export function shown(name: string, held: unknown): string {
  if (held instanceof Proxies) return held.networks.join(', ') || 'none'
  if (held === undefined || held === null || held === '' || (Array.isArray(held) && held.length === 0)) return 'none'
  if (typeof held === 'boolean') return held ? 'yes' : 'no'
  if (held === Number.POSITIVE_INFINITY) return 'no limit'
  if (typeof held === 'number') return String(held)
  if (SECRET.test(name) || typeof held !== 'string') return 'set, not shown'
  if (held.includes('-----BEGIN')) return 'PEM text, not shown'
  return withoutCredentials(held)
}

/** Everything before the last @ of a URL, and behind its question mark, can be a secret. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z+]*:\/\/).*@/is, '$1***@').replace(/\?.*$/s, '?***')
}

function isOpened(name: string, held: unknown): held is object {
  if (typeof held !== 'object' || held === null || SECRET.test(name)) return false
  const plain = Object.getPrototypeOf(held) === Object.prototype || Array.isArray(held)
  return plain && Object.keys(held).length > 0
}
