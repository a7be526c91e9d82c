// What a page finds where it kept something: the text itself, or what it has parsed already.

/** What the text says as JSON, or nothing; anything but a text is what it is. */
export function foundIn(saved: unknown): unknown {
  if (typeof saved !== 'string') return saved
  try {
    return JSON.parse(saved)
  } catch {
    return undefined
  }
}
