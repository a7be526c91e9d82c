// Something small that opens over the page beside what opened it, and closes at Escape or a press elsewhere.
import './popover.css'
import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { placeBeside } from './place-beside.ts'

export interface PopoverProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly name: string
  readonly role: 'dialog' | 'menu'
  readonly onClose: () => void
  readonly children: ComponentChildren
}

export function Popover({ anchor, name, role, onClose, children }: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (!panel.current || !anchor.current) return
    panel.current.showPopover?.() // An older browser shows it where it is put, below nothing but a dialog.
    const stop = placeBeside(panel.current, anchor.current)
    panel.current.querySelector<HTMLElement>('input, [role=menuitem], button')?.focus({ preventScroll: true })
    return stop
  }, [])
  useEffect(() => {
    const pressed = (event: Event) => {
      if (panel.current && !event.composedPath().includes(panel.current)) onClose()
    }
    addEventListener('pointerdown', pressed, true)
    return () => removeEventListener('pointerdown', pressed, true)
  }, [onClose])
  const press = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key !== 'Escape' && !(role === 'menu' && event.key === 'Tab')) return
    event.preventDefault()
    onClose()
  }
  const described = { role, 'aria-label': name, onKeyDown: press }
  return (
    <div ref={panel} class="popover" popover="manual" tabIndex={-1} {...described}>
      {children}
    </div>
  )
}
