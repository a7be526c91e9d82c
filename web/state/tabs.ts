// Several tabs of one browser: one of them tells of messages, and none of what another one shows.
import { effect } from '@preact/signals'
import type { RoomId } from '../../protocol/chat.ts'
import { isTeller, seekLead } from './teller.ts'

const shows = (room: RoomId) => `propromo shows ${room}`

/** From here on this tab may become the one that tells, and the others know which room it shows; `shown` reads signals. */
export function joinTabs(shown: () => RoomId | null): void {
  seekLead()
  effect(() => {
    const room = shown()
    return room === null ? undefined : hold(shows(room))
  })
}

/** Whether this tab is to tell of what is said in the room: it is the one that tells, and no tab shows the room. */
export async function isMineToTell(room: RoomId): Promise<boolean> {
  if (!isTeller()) return false
  if (!('locks' in navigator)) return true
  const { held = [] } = await navigator.locks.query()
  return !held.some(({ name }) => name === shows(room))
}

/** As others may hold it too. Gives back what lets go of it. */
function hold(name: string): () => void {
  let letGo: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    letGo = resolve
  })
  if (!('locks' in navigator)) return letGo
  // A document that is going away holds nothing.
  navigator.locks.request(name, { mode: 'shared' }, () => over).catch(() => undefined)
  return letGo
}
