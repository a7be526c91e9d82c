// POST /login, POST /tickets and POST /logout: passwords, sign-ins and assertions in, tickets out.
import type { Context, Handler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { z } from 'zod'
import { Refusal } from '../../protocol/refusal.ts'
import type { Auditor } from '../chat/auditor.ts'
import { type Admission, SIGN_IN_SECONDS, type SignIns, signedOut } from '../chat/sign-in.ts'
import { readBody, readOptionalBody } from './body.ts'
import { deviceOf } from './device.ts'
import { admissionPage } from './pages/admission.ts'
import { signedOutPage } from './pages/endings.ts'
import { bearerOf, type Env, isSecure, type Place, prefersHtml } from './request.ts'
import { type AdmissionAnswer, type DoneAnswer, LoginBody, LogoutBody, TicketBody } from './schemas.ts'

const COOKIE = 'propromo_sign_in'

export function login(signIns: SignIns, auditor: Auditor, place: Place): Handler<Env> {
  return async (c) => {
    const { email, password, monitor_id, remember } = await readBody(c, LoginBody)
    // Only what is surely no password that slipped into the wrong field: no answer repeats one (rule E2).
    if (email?.includes('@')) c.set('email', email)
    if (!email || !password) {
      throw new Refusal('missing_credentials', `Cannot log in: the ${email ? 'password' : 'email'} is missing`)
    }
    const device = deviceOf(c.req.header('User-Agent') ?? '')
    const credentials = { email, password, monitorId: monitor_id || undefined }
    const { secret, ...admission } = await signIns.login(credentials, { address: c.get('address'), device })
    auditor.soon({ what: 'login', email, from: c.get('address'), request: 'POST /login' })
    if (remember === 'token' && !prefersHtml(c)) return answer(c, place, admission, secret)
    keepSignIn(c, place, secret)
    return answer(c, place, admission)
  }
}

export function tickets(signIns: SignIns, auditor: Auditor, place: Place): Handler<Env> {
  return async (c) => {
    const body = await readOptionalBody(c, TicketBody)
    if (body?.grant_type) {
      const { admission, email } = await signIns.vouched(body.assertion ?? undefined, body.monitor_id || undefined)
      auditor.soon({ what: 'vouched', email, from: c.get('address'), request: 'POST /tickets' })
      return answer(c, place, admission)
    }
    const admission = await signIns.renew(secretOf(c), body?.monitor_id || undefined)
    const cookie = bearerOf(c) ? undefined : cookieOf(c)
    if (cookie) keepSignIn(c, place, cookie) // Its life was extended, so the browser's copy has to live longer too.
    return answer(c, place, admission)
  }
}

export function logout(signIns: SignIns, auditor: Auditor, place: Place): Handler<Env> {
  return async (c) => {
    const everywhere = String((await readOptionalBody(c, LogoutBody))?.everywhere) === 'true'
    const account = everywhere ? await signIns.endEverywhere(secretOf(c)) : null
    const ended = everywhere ? account !== null : await signIns.end(secretOf(c))
    if (account !== null) {
      auditor.soon({ what: 'signed_out_everywhere', account, from: c.get('address'), request: 'POST /logout' })
    }
    // Only now: had the store not answered, the browser would need the cookie to try again.
    dropCookie(c, place)
    if (!ended) throw signedOut()
    if (prefersHtml(c)) return c.html(signedOutPage(c, everywhere))
    return c.json({ success: true } satisfies z.output<typeof DoneAnswer>)
  }
}

export function dropCookie(c: Context<Env>, place: Place): void {
  deleteCookie(c, COOKIE, { path: '/', secure: isSecure(c, place) })
}

/** The sign-in's secret, from a client without cookies or from a browser. */
export function secretOf(c: Context<Env>): string | undefined {
  return bearerOf(c) ?? cookieOf(c)
}

function cookieOf(c: Context<Env>): string | undefined {
  return c.get('cookieless') ? undefined : getCookie(c, COOKIE)
}

/** As every date over HTTP: UTC, without a fraction (rule L2). */
export function wireDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
}

function keepSignIn(c: Context<Env>, place: Place, secret: string): void {
  const secure = isSecure(c, place)
  setCookie(c, COOKIE, secret, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SIGN_IN_SECONDS, secure })
}

/** The same outcome for a program and, as a page, for a form without script (rule L10). */
function answer(c: Context<Env>, place: Place, admission: Admission, signIn?: string): Response | Promise<Response> {
  if (prefersHtml(c)) return c.html(admissionPage(c, place, admission))
  return c.json({
    token: admission.token,
    expires_at: wireDate(admission.expiresAt),
    chats: [...admission.chats],
    ...(signIn === undefined ? {} : { sign_in: signIn }),
  } satisfies z.output<typeof AdmissionAnswer>)
}
