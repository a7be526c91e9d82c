// Passwords checked by Propromo's own site, so that the chat need not read their hashes.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Refusal } from '../../../protocol/refusal.ts'
import type { PasswordCheck } from './accounts.ts'
import { isPossible } from './passwords.ts'

const ANSWER_MILLISECONDS = 5_000
const MOST_BYTES = 64 * 1024

/** What the site says of a right password; it may say more. */
const Right = z.object({ success: z.literal(true), user: z.object({ id: z.union([z.string(), z.number()]) }) })
const Wrong = z.object({ success: z.literal(false) })

/** `origin` is where the site is; asked is `POST <origin>/api/v1/users/login`. */
export function apiPasswords(origin: string): PasswordCheck {
  const address = `${origin.replace(/\/+$/, '')}/api/v1/users/login`
  return {
    columns: [],
    prepare: async () => async (email, password, row) => {
      // Asked in any case, so that it takes the same time; a password that bcrypt would cut is another one (rule L5).
      const id = await ask(email, isPossible(password) ? password : 'never')
      return isPossible(password) && row !== undefined && id === row.id
    },
    markOf,
    close: () => undefined,
  }

  /** The id of the account with this email and password, or `null`. */
  async function ask(email: string, password: string): Promise<string | null> {
    try {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ email, password }),
        redirect: 'manual', // Whoever it points to was not meant to hear a password.
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
      })
      return idIn(answer.status, await bounded(answer))
    } catch (error) {
      throw unavailable(error instanceof Unclear ? error.message : 'there is no answer')
    }
  }
}

/** It answered, and not in a way that says whether the password is right. */
class Unclear extends Error {}

function idIn(status: number, body: string): string | null {
  // 422 is what Laravel says to an email that cannot be one.
  if (status === 401 || status === 422) return null
  if (status !== 200) throw new Unclear(`it answered ${status}`)
  const said = parsed(body)
  const right = Right.safeParse(said)
  if (right.success) return String(right.data.user.id)
  if (Wrong.safeParse(said).success) return null
  throw new Unclear('it answered 200 with something else than an account')
}

async function bounded(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.length
    if (size > MOST_BYTES) throw new Unclear(`its answer is over ${MOST_BYTES} bytes`) // Leaving the loop lets go of the rest.
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Unclear('it answered 200 with something that is no JSON')
  }
}

function unavailable(reason: string): Refusal {
  const message = 'Cannot reach the accounts: Propromo does not answer. Try again in a moment'
  const cause = new Error(`PROPROMO_API_URL: ${reason}`)
  return new Refusal('accounts_unavailable', message, { retryAfterSeconds: 5, cause })
}

/**
 * Nothing here changes with the password, so a changed one ends no sign-in: a logout does, everywhere if asked for, and a month
 * without a visit. The email is in it, so that who takes over an account by its address begins anew.
 */
function markOf({ id, email }: { readonly id: string; readonly email: string }): string {
  const mark = createHash('sha256').update(JSON.stringify(['propromo.chat account mark', id, email]))
  return mark.digest('base64url').slice(0, 22)
}
