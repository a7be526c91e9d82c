// What is being called at the caret: a person by `@`, an emoji by `:`; and whom it may mean.
import type { MemberState } from '../../protocol/v1.ts'

export interface Call {
  readonly sign: '@' | ':'
  /** What follows the sign, up to the caret. */
  readonly query: string
  /** Where the sign stands. */
  readonly from: number
}

const LONGEST_CALL = 60
const MOST_MEMBERS = 8

/** Begins where a word could: an address such as `a@b.example` and a time such as `10:30` call nobody. */
export function callAt(text: string, caret: number): Call | null {
  const before = text.slice(Math.max(0, caret - LONGEST_CALL), caret)
  const start = caret - before.length
  const emoji = /(?:^|[\s(])(:)([\p{L}\p{N}_+-]{2,})$/u.exec(before)
  if (emoji) return { sign: ':', query: emoji[2] ?? '', from: caret - (emoji[2]?.length ?? 0) - 1 }
  const at = before.lastIndexOf('@')
  if (at < 0 || (start + at > 0 && /[^\s([{"'„“*_]/u.test(text[start + at - 1] ?? ''))) return null
  const query = before.slice(at + 1)
  return /[\n@]|^\s/.test(query) ? null : { sign: '@', query, from: start + at }
}

/** Members whose name, a later word of it, or email begins like this; names that begin so come first. */
export function membersCalled(query: string, members: readonly MemberState[]): readonly MemberState[] {
  const wanted = folded(query)
  return members
    .map((member) => ({ member, distance: distanceOf(member, wanted) }))
    .filter(({ distance }) => distance < 3)
    .sort((a, b) => a.distance - b.distance || a.member.name.localeCompare(b.member.name))
    .slice(0, MOST_MEMBERS)
    .map(({ member }) => member)
}

/** How one calls a member so that nobody else is meant. */
export function callFor(member: MemberState, members: readonly MemberState[]): string {
  const namesakes = members.filter(({ name }) => folded(name) === folded(member.name))
  return `@${member.name.trim() === '' || namesakes.length > 1 ? member.email : member.name.trim()} `
}

function distanceOf({ name, email }: MemberState, wanted: string): number {
  const known = folded(name)
  if (known.startsWith(wanted)) return 0
  if (known.split(/[\s-]+/).some((word) => word.startsWith(wanted))) return 1
  return folded(email).startsWith(wanted) ? 2 : 3
}

/** Without case and accents. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
}
