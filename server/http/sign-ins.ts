// GET /sign-ins and POST /sign-ins/:id/end: where an account is signed in, and the end of one of them (rule L13).
import type { Handler } from 'hono'
import type { z } from 'zod'
import { Refusal } from '../../protocol/refusal.ts'
import type { SignIns } from '../chat/sign-in.ts'
import { secretOf, wireDate } from './login.ts'
import type { Env } from './request.ts'
import type { DoneAnswer, SignInsAnswer } from './schemas.ts'

export function listSignIns(signIns: SignIns): Handler<Env> {
  return async (c) => {
    const standing = await signIns.list(secretOf(c))
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

export function endSignIn(signIns: SignIns): Handler<Env> {
  return async (c) => {
    if (!(await signIns.endOne(secretOf(c), c.req.param('id') ?? ''))) {
      throw new Refusal('not_found', 'Cannot end the sign-in: this account has none with this id')
    }
    return c.json({ success: true } satisfies z.output<typeof DoneAnswer>)
  }
}
