// How high something is, which goes by the size of the text.
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** In pixels; 0 until it has been painted. */
export function useHeight(ref: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setHeight(element.offsetHeight)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return height
}
