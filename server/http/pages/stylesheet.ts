// The one stylesheet of the server's own pages.
import type { Handler } from 'hono'
import type { Env } from '../request.ts'
import css from './pages.css' with { type: 'text' }

export const stylesheet: Handler<Env> = (c) => {
  c.header('Cache-Control', 'public, max-age=300')
  return c.body(css, 200, { 'Content-Type': 'text/css; charset=utf-8' })
}
