// Where a notification leads to, as it says in its `data`: hostile until parsed.

export interface Place {
  readonly room: string
  readonly message: string
}

/** `null` leads to the page as it is. */
export function placeOf(data: unknown): Place | null {
  const { room, message } = typeof data === 'object' && data !== null ? { room: null, message: null, ...data } : {}
  return typeof room === 'string' && typeof message === 'string' ? { room, message } : null
}

/** The page's address for it, as `web/state/route.ts` reads it. */
export function urlOf(place: Place | null): string {
  return place ? `/#/${encodeURIComponent(place.room)}/${encodeURIComponent(place.message)}` : '/'
}
