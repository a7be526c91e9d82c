// GET /sign-ins and POST /sign-ins/:id/end: where an account is signed in, and the end of one of them (rule L13).
import type { Handler } from 'hono'
import type { z } from 'zod'
import { Refusal } from '../../protocol/refusal.ts'
import type { SignIns } from '../chat/sign-in.ts'
import { dropCookie, secretOf, wireDate } from './login.ts'
import { signedOutPage } from './pages/endings.ts'
import { signInsPage } from './pages/sign-ins.ts'
import { type Env, type Place, prefersHtml } from './request.ts'
import type { DoneAnswer, SignInsAnswer } from './schemas.ts'

export function listSignIns(signIns: SignIns): Handler<Env> {
  return async (c) => {
    const standing = await signIns.list(secretOf(c))
    if (prefersHtml(c)) return c.html(signInsPage(c, standing))
    const sign_ins = standing.map(({ id, startedAt, usedAt, address, device, current }) => ({
      id,
      started_at: startedAt === null ? null : wireDate(startedAt),
      last_used_at: wireDate(usedAt),
      address,
      device,
      current,
    }))
    return c.json({ sign_ins } satisfies z.output<typeof SignInsAnswer>)
  }
}

export function endSignIn(signIns: SignIns, place: Place): Handler<Env> {
  return async (c) => {
    const ended = await signIns.endOne(secretOf(c), c.req.param('id') ?? '')
    if (!ended) throw new Refusal('not_found', 'Cannot end the sign-in: this account has none with this id')
    if (ended === 'own') dropCookie(c, place)
    if (!prefersHtml(c)) return c.json({ success: true } satisfies z.output<typeof DoneAnswer>)
    return c.html(ended === 'own' ? signedOutPage(c, false) : signInsPage(c, await signIns.list(secretOf(c))))
  }
}
