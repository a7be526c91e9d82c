// A finger that stays: what the right mouse button is on glass.
import { useMemo, useRef } from 'preact/hooks'

const LONG_MILLISECONDS = 500
/** A finger is never quite still. */
const STILL_PIXELS = 10

export interface LongPress {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: () => void
  readonly onPointerCancel: () => void
  readonly onContextMenu: (event: MouseEvent) => void
}

export function useLongPress(act: () => void): LongPress {
  const latest = useRef(act)
  latest.current = act
  return useMemo(() => longPress(() => latest.current()), [])
}

function longPress(act: () => void): LongPress {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  let isTouch = false
  const end = () => clearTimeout(timer)
  return {
    onPointerDown: ({ pointerType, clientX: x, clientY: y, target }) => {
      isTouch = pointerType === 'touch'
      if (!isTouch || (target instanceof Element && target.closest('[popover]'))) return
      from = { x, y }
      timer = setTimeout(act, LONG_MILLISECONDS)
    },
    onPointerMove: ({ clientX, clientY }) => {
      if (Math.hypot(clientX - from.x, clientY - from.y) > STILL_PIXELS) end()
    },
    onPointerUp: end,
    onPointerCancel: end,
    // The browser's own menu would lie over ours.
    onContextMenu: (event) => {
      if (isTouch && !(event.target instanceof Element && event.target.closest('a'))) event.preventDefault()
    },
  }
}
