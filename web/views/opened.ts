// Something small that opens over the page: where it stands, and how the focus comes in and goes back.
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { typesOnGlass } from './field.ts'
import { placeBeside } from './place-beside.ts'

/** Over everything, near what opened it. */
export function usePlace(panel: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { current } = panel
    const anchor = current?.parentElement
    if (!current || !anchor) return
    current.showPopover?.()
    return placeBeside(current, anchor)
  }, [panel])
}

/** The focus comes in, and goes back to where it was; a press elsewhere closes. */
export function useGoingAway(panel: RefObject<HTMLElement | null>, onClose: () => void): void {
  const close = useRef(onClose)
  close.current = onClose
  // At once, and not when there is time: else the focus would be nowhere in between, and keys would be lost.
  useLayoutEffect(() => {
    const { current } = panel
    const root = current?.getRootNode()
    if (!current || !(root instanceof Document || root instanceof ShadowRoot)) return
    const before = root.activeElement
    // On a phone the field would bring the keyboard up, over the emoji.
    const first = typesOnGlass() ? current.querySelector<HTMLElement>('[role="tab"][tabindex="0"]') : null
    ;(first ?? current.querySelector('input'))?.focus()
    const pressed = (event: Event) => {
      const path = event.composedPath()
      if (current.parentElement && !path.includes(current.parentElement)) close.current()
    }
    const page = current.ownerDocument
    page.addEventListener('pointerdown', pressed)
    return () => {
      page.removeEventListener('pointerdown', pressed)
      const isElsewhere =
        root.activeElement !== null && root.activeElement !== page.body && root.activeElement.isConnected
      if (before instanceof HTMLElement && (!isElsewhere || current.contains(root.activeElement))) before.focus()
    }
  }, [panel])
}
