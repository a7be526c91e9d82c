// GET /health: whether the process is there to answer. What it depends on is not asked: that would restart it for nothing.
import type { Handler } from 'hono'
import type { Env } from './request.ts'

export const health: Handler<Env> = (c) => c.json({ status: 'ok' })
