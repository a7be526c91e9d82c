// What a ticket says of itself. Only the server has to believe it.
import { fieldsOf } from './kept.ts'

/** Whose ticket it is; `undefined` where it is no JWT. */
export function emailIn(ticket: string): string | undefined {
  try {
    const claims = ticket.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const bytes = Uint8Array.from(atob(claims), (character) => character.charCodeAt(0))
    const { email } = fieldsOf(JSON.parse(new TextDecoder().decode(bytes)))
    return typeof email === 'string' ? email : undefined
  } catch {
    return undefined
  }
}
