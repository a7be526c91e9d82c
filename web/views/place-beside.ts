// Where something that opens stands: above what opened it if there is room, else below, and always in sight.

const MARGIN = 8

/** Follows when the window changes; gives back what ends that. */
export function placeBeside(panel: HTMLElement, anchor: HTMLElement): () => void {
  const place = () => {
    const around = anchor.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = panel
    const { clientWidth, clientHeight } = panel.ownerDocument.documentElement
    const above = around.top - height - MARGIN
    const top = above >= MARGIN ? above : around.bottom + MARGIN
    panel.style.left = `${within(around.right - width, clientWidth - width)}px`
    panel.style.top = `${within(top, clientHeight - height)}px`
  }
  place()
  const watched = new ResizeObserver(place)
  watched.observe(panel)
  window.addEventListener('resize', place)
  return () => {
    watched.disconnect()
    window.removeEventListener('resize', place)
  }
}

function within(wanted: number, most: number): number {
  return Math.max(MARGIN, Math.min(wanted, most - MARGIN))
}
