// What outlives the page, in the browser: small things that must be there at once. What is read back is hostile until parsed.

const PREFIX = 'propromo '

/** What was kept under the name, as `parse` makes sense of it; `parse` gets `undefined` when there is nothing. */
export function kept<Value>(name: string, parse: (value: unknown) => Value): Value {
  return parse(read(name))
}

/** Keeps a value that JSON can hold; `undefined` removes it. Gives back whether that is done. */
export function keep(name: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name)
    else localStorage.setItem(PREFIX + name, JSON.stringify(value))
    return true
  } catch {
    // A browser that keeps nothing, or has no room: the page works on, and forgets when it is closed.
    return false
  }
}

/** Names of everything kept whose name begins like this. */
export function keptNames(beginning: string): readonly string[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX + beginning))
      .map((name) => name.slice(PREFIX.length))
  } catch {
    return []
  }
}

/** Tells when another tab keeps something else under the name. */
export function onKept(name: string, changed: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === PREFIX + name) changed()
  })
}

/** Tells when another tab keeps something under a name that begins like this. Gives back what stops that. */
export function onAnyKept(beginning: string, changed: () => void): () => void {
  const heard = ({ key }: StorageEvent) => {
    if (key?.startsWith(PREFIX + beginning)) changed()
  }
  window.addEventListener('storage', heard)
  return () => window.removeEventListener('storage', heard)
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function read(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
