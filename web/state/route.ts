// Where one is in the page: which room, what is open beside it, and which message to show. It stands in the address, so "back" works.
import { signal } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'

export const PANELS = ['search', 'pins', 'members', 'project'] as const
export type Panel = (typeof PANELS)[number]

export interface Route {
  readonly room: RoomId | null
  readonly panel: Panel | null
  /** The id of a message to show. */
  readonly message: string | null
}

export const route = signal<Route>(read())

/** Goes there. `replace` leaves no step to go back to. */
export function go(to: Partial<Route>, { replace = false } = {}): void {
  const next = to.room === undefined ? { ...route.value, message: null, ...to } : { panel: null, message: null, ...to }
  const target = next as Route
  if (addressOf(target) === addressOf(route.value)) return
  if (replace) history.replaceState(null, '', addressOf(target))
  else history.pushState(null, '', addressOf(target))
  route.value = target
}

/** The address of a room, or of a message in it, for a link. */
export function addressOf({ room, panel, message }: Route): string {
  if (room === null) return location.pathname
  const parts = [encodeURIComponent(room), ...(panel ? [panel] : []), ...(message ? [message] : [])]
  return `${location.pathname}#/${parts.join('/')}`
}

/** From here on the browser's own steps are followed. */
export function followAddress(): void {
  addEventListener('popstate', () => {
    route.value = read()
  })
}

function read(): Route {
  const [room = '', ...rest] = location.hash.replace(/^#\/?/, '').split('/')
  const panel = PANELS.find((name) => rest[0] === name) ?? null
  const message = rest.find((part) => /^[1-9]\d{0,14}$/.test(part)) ?? null
  return room === '' ? { room: null, panel: null, message: null } : { room: decoded(room), panel, message }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
