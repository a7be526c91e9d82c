// GET /rooms/:monitor_id/export: a room as a file, read as fast as it is taken and no faster.
import type { Handler } from 'hono'
import { Refusal } from '../../protocol/refusal.ts'
import { CONTENT_TYPES, type ExportFormat, fileNameOf } from '../chat/export.ts'
import type { Exports } from '../chat/exports.ts'
import { secretOf } from './login.ts'
import { rawPath } from './path.ts'
import { type Env, type Place, prefersGerman, refuseForeignOrigin } from './request.ts'

export function exportRoom(exports: Exports, place: Place): Handler<Env> {
  return async (c) => {
    refuseForeignOrigin(c, place) // Nothing is changed here, but a page elsewhere has no business to ask.
    const format = formatOf(c.req.query('format'))
    const segment = rawPath(c).slice('/rooms/'.length, -'/export'.length)
    const headOnly = c.req.method === 'HEAD'
    const language = prefersGerman(c) ? 'de' : 'en'
    const { room, at, pieces } = await exports.begin({
      secret: secretOf(c),
      segment,
      format,
      language,
      from: c.get('address'),
      headOnly,
    })
    c.header('Content-Type', CONTENT_TYPES[format])
    c.header('Content-Disposition', `attachment; filename="${fileNameOf(room, at, format)}"`)
    if (!headOnly) return c.body(streamOf(pieces))
    c.header('Transfer-Encoding', 'chunked') // Nobody knows the length, and without a word the runtime says 0.
    return c.body(null)
  }
}

function formatOf(held: string | undefined): ExportFormat {
  if (held === undefined || held === 'jsonl' || held === 'html') return held ?? 'jsonl'
  throw new Refusal('unknown_format', 'Cannot export the room: the format is neither jsonl nor html')
}

/** The next piece is made when the last one has been taken, so a slow reader costs one page. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await pieces.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
