// Too many connections, of the account, of its address or at the server: what is shown comes first, and the rest when there is room.
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { RoomState } from '../../client/index.ts'
import type { RoomStore } from './room.ts'
import { isTeller, leads } from './teller.ts'

/** From the first refusal until all rooms are live, however often that is tried in between. */
export const isCrowded = signal(false)
/** Whether rooms that are not shown wait for the next time that it is tried. */
export const isWaiting = signal(false)

const FIRST_MILLISECONDS = 60_000
const LONGEST_MILLISECONDS = 600_000
/** By then others have made room; by itself the SDK may come back half a minute later. */
const SOON_MILLISECONDS = 1_500

/** From here on what is shown comes first, in this tab and in the others of this browser. */
export function followCrowding(
  stores: ReadonlySignal<readonly RoomStore[]>,
  current: ReadonlySignal<RoomStore | null>,
): void {
  const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('propromo crowding') : null
  let wait = FIRST_MILLISECONDS
  let timer: ReturnType<typeof setTimeout> | undefined
  const isSeen = () => document.visibilityState === 'visible'
  const letTry = () => {
    clearTimeout(timer)
    timer = undefined
    isWaiting.value = false
  }
  const tryAgain = () => {
    if (isSeen() || isTeller()) return letTry()
    clearTimeout(timer)
    timer = setTimeout(tryAgain, wait) // Where nobody looks and nobody is told, there is no hurry.
  }
  const waitForRoom = () => {
    isCrowded.value = true
    isWaiting.value = true
    if (timer !== undefined) return
    timer = setTimeout(tryAgain, wait)
    wait = Math.min(LONGEST_MILLISECONDS, wait * 2)
  }
  const over = () => {
    letTry()
    isCrowded.value = false
    wait = FIRST_MILLISECONDS
  }
  const makeRoom = () => rest(stores.peek().filter((store) => store !== current.peek()))
  const comeFirst = (shown: RoomStore) => {
    if (isSeen()) others?.postMessage('make room')
    // Where nobody can make room, because the server is full, it is not tried more often than the SDK does.
    if (makeRoom() || timer === undefined) setTimeout(tryNow, SOON_MILLISECONDS, shown)
    waitForRoom()
  }
  const tryNow = (shown: RoomStore) => {
    if (shown === current.peek() && isKeptOut(shown)) shown.room.tryNow()
  }
  effect(() => {
    const states = stores.value.map(({ state }) => state.value)
    untracked(() => {
      const shown = current.peek()
      const keptOut = stores.peek().filter(isKeptOut)
      if (shown && keptOut.includes(shown)) return comeFirst(shown)
      if (keptOut.length > 0 && rest(keptOut)) return waitForRoom()
      if (states.every(isSettled)) over()
    })
  })
  effect(() => {
    if (leads.value && isWaiting.peek()) untracked(tryAgain)
  })
  others?.addEventListener('message', () => {
    if (makeRoom()) waitForRoom()
  })
  document.addEventListener('visibilitychange', () => {
    if (isSeen() && isWaiting.peek()) tryAgain()
  })
}

/** Gives back whether any of them let go. */
function rest(stores: readonly RoomStore[]): boolean {
  return stores.filter((store) => store.rest()).length > 0
}

/** Whether it has just been refused, and does not rest yet. */
function isKeptOut({ isOpen, state }: RoomStore): boolean {
  const connection = state.peek()?.connection
  return isOpen && connection !== undefined && 'why' in connection && connection.why.code === 'too_many'
}

/** Whether it needs no more room than it has. */
function isSettled(state: RoomState | null): boolean {
  return state?.connection.status === 'live' || state?.connection.status === 'ended'
}
