// More rooms than the server lets one person connect to at once, with all their tabs and devices: then only the room that is shown is live.
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals'
import type { RoomState } from '../../client/index.ts'
import type { RoomStore } from './room.ts'
import { isTeller } from './teller.ts'

/** Whether rooms that are not shown wait until there is room for them. */
export const isCrowded = signal(false)

const FIRST_MILLISECONDS = 60_000
const LONGEST_MILLISECONDS = 600_000

/** From here on what is shown comes first, in this tab and in those of this browser that nobody looks at. */
export function followCrowding(
  stores: ReadonlySignal<readonly RoomStore[]>,
  current: ReadonlySignal<RoomStore | null>,
): void {
  const others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('propromo crowding') : null
  let wait = FIRST_MILLISECONDS
  let timer: ReturnType<typeof setTimeout> | undefined
  const isSeen = () => document.visibilityState === 'visible'
  const tryAgain = () => {
    clearTimeout(timer)
    // Where nobody looks and nobody is told, there is no hurry.
    timer = isSeen() || isTeller() ? undefined : setTimeout(tryAgain, wait)
    isCrowded.value = timer !== undefined
  }
  const makeRoom = (resting: readonly RoomStore[]) => {
    for (const store of resting) store.rest()
    isCrowded.value = true
    if (timer !== undefined) return
    timer = setTimeout(tryAgain, wait)
    wait = Math.min(LONGEST_MILLISECONDS, wait * 2)
  }
  const behind = () => stores.peek().filter((store) => store !== current.peek())
  effect(() => {
    const refused = stores.value.filter(({ state }) => isRefused(state.value))
    untracked(() => {
      const shown = current.peek()
      if (shown?.isOpen && refused.includes(shown)) {
        if (isSeen()) others?.postMessage('make room')
        makeRoom(behind())
      } else if (refused.some(({ isOpen }) => isOpen)) makeRoom(refused)
      else if (stores.peek().every(({ isOpen }) => isOpen)) wait = FIRST_MILLISECONDS
    })
  })
  others?.addEventListener('message', () => {
    if (!isSeen()) makeRoom(behind())
  })
  document.addEventListener('visibilitychange', () => {
    if (isSeen() && isCrowded.peek()) tryAgain()
  })
}

function isRefused(state: RoomState | null): boolean {
  return state !== null && 'why' in state.connection && state.connection.why.code === 'too_many'
}
