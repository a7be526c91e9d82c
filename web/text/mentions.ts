// People who are called by their name in a text.

export interface Person {
  readonly email: string
  readonly name: string
}

/** A piece of a text, and whom it calls, if anybody. */
export interface Piece {
  readonly text: string
  readonly email?: string
}

/** The text in pieces. `@` counts at the beginning of a word and in no address, and a name as a whole; the longest one wins. */
export function mentionsIn(text: string, people: readonly Person[]): readonly Piece[] {
  if (!text.includes('@')) return [{ text }]
  const names = namesOf(people)
  const pieces: Piece[] = []
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < from || isInside(text.slice(Math.max(0, at - LONGEST), at))) continue
    const rest = text.slice(at + 1, at + 1 + LONGEST).toLowerCase()
    const found = names.find(({ name }) => rest.startsWith(name) && !goesOn(name, rest.slice(name.length)))
    if (!found) continue
    const end = at + 1 + found.name.length
    if (at > from) pieces.push({ text: text.slice(from, at) })
    pieces.push({ text: text.slice(at, end), email: found.email })
    from = end
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** Whether the text calls whoever has this email, also while it is not known who else is there. */
export function isCalled(email: string, text: string, people: readonly Person[]): boolean {
  const all = people.some((one) => one.email === email) ? people : [...people, { email, name: '' }]
  return mentionsIn(text, all).some((piece) => piece.email === email)
}

const LONGEST = 320

function namesOf(people: readonly Person[]): readonly { readonly name: string; readonly email: string }[] {
  return people
    .flatMap(({ name, email }) =>
      [name, email, email.split('@')[0] ?? ''].map((each) => ({ name: each.toLowerCase(), email })),
    )
    .filter(({ name }) => name !== '')
    .sort((one, other) => other.name.length - one.name.length)
}

/** Whether what stands before an `@` is a word, or an address that it belongs to: `me@`, `info+@`, `https://blog.example/@`. */
function isInside(before: string): boolean {
  const run = before.split(/\s/).at(-1) ?? ''
  // `README.md/` is no address: whoever writes one does not shout.
  return /[\p{L}\p{N}][_+%-]*$/u.test(run) || /:\/\/|[\p{Ll}\p{Lo}\p{N}]\.\p{L}{2,}\//u.test(run)
}

/** Whether what follows a name makes another word of it, or another address: `@max@example.com` + `munity`, `@max` + `@example.org`. */
function goesOn(name: string, after: string): boolean {
  if (/^[\p{L}\p{N}_]/u.test(after) || /^(?:[._+-]+[\p{L}\p{N}]+)*@[\p{L}\p{N}-]+\.\p{L}/u.test(after)) return true
  return name.includes('@') && /^[.-]+[\p{L}\p{N}_]/u.test(after)
}
