// Several tabs of one browser: one of them tells of messages, and none of what another one shows.
import { effect } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'

const TELLER = 'propromo tells'
const shows = (room: RoomId) => `propromo shows ${room}`

let leads = false

/**
 * From here on this tab may become the one that tells, and the others know which room it shows; `shown` reads signals. A lock goes
 * with its tab, even if that crashes.
 */
export function joinTabs(shown: () => RoomId | null): void {
  hold(TELLER, 'exclusive', () => {
    leads = true
  })
  effect(() => {
    const room = shown()
    return room === null ? undefined : hold(shows(room), 'shared')
  })
}

/** Whether this tab is to tell of what is said in the room: it is the one that tells, and no tab shows the room. */
export async function isMineToTell(room: RoomId): Promise<boolean> {
  if (!('locks' in navigator)) return true
  if (!leads) return false
  const { held = [] } = await navigator.locks.query()
  return !held.some(({ name }) => name === shows(room))
}

/** Gives back what lets go of it. */
function hold(name: string, mode: LockMode, got: () => void = () => undefined): () => void {
  let letGo: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    letGo = resolve
  })
  if (!('locks' in navigator)) return letGo
  const whenGranted = () => {
    got()
    return over
  }
  navigator.locks.request(name, { mode }, whenGranted).catch(() => undefined) // A document that is going away holds nothing.
  return letGo
}
