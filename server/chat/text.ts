// What may be said, in either protocol.
import { isBlank } from '../../protocol/plain.ts'
import { FrameRefusal } from '../../protocol/refusal.ts'

/** Of UTF-8, for each of the units that JavaScript counts: most texts need no closer look. */
const MOST_BYTES_PER_UNIT = 3

/** Throws for a text that is empty or only white space, or over the limit (rule P4). */
export function refuseText(text: string, mostBytes: number): void {
  if (isBlank(text)) throw new FrameRefusal('text_empty', 'Cannot send the message: it is empty')
  if (text.length * MOST_BYTES_PER_UNIT <= mostBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes <= mostBytes) return
  throw new FrameRefusal(
    'text_too_long',
    `Cannot send the message: it has ${bytes} bytes, and ${mostBytes} are the most`,
  )
}
