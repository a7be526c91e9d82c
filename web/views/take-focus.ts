// A message takes the focus when somebody has gone to it.
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import type { WalkPlace } from './walk.ts'

/** What has just come into the document is hidden until its place is known, and what is hidden takes no focus. */
const MOST_FRAMES = 20

export function useTakeFocus(article: RefObject<HTMLElement | null>, place: WalkPlace, key: string): void {
  const isWanted = place.wanted.value === key
  useLayoutEffect(() => {
    if (!isWanted) return
    let frames = 0
    let next = 0
    const take = () => {
      const here = article.current
      here?.focus({ preventScroll: true })
      if (here?.matches(':focus') || frames === MOST_FRAMES) place.wanted.value = null
      else {
        frames += 1
        next = requestAnimationFrame(take)
      }
    }
    take()
    return () => cancelAnimationFrame(next)
  }, [isWanted, article, place])
}
