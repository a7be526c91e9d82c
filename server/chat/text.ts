// What may be said, in either protocol.
import { isBlank } from '../../protocol/plain.ts'
import { FrameRefusal } from '../../protocol/refusal.ts'

/** Throws for a text that is empty or only white space, or over the limit (rule P4). */
export function refuseText(text: string, mostBytes: number): void {
  if (isBlank(text)) throw new FrameRefusal('text_empty', 'Cannot send the message: it is empty')
  const bytes = Buffer.byteLength(text)
  if (bytes <= mostBytes) return
  throw new FrameRefusal(
    'text_too_long',
    `Cannot send the message: it has ${bytes} bytes, and ${mostBytes} are the most`,
  )
}
