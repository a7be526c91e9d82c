// What a plain session says: a text frame is a message, whatever it looks like.
import { isBlank, parsePlain } from '../../protocol/plain.ts'
import { type FrameRefusalCode, Refusal, refusalBody } from '../../protocol/refusal.ts'
import type { Room } from './room.ts'
import type { Session } from './session.ts'

/** Takes one text frame of a plain session (rules P1, P3 and P4). What cannot be kept is refused to its sender, and to nobody else. */
export async function receivePlain(room: Room, session: Session, raw: string, mostTextBytes: number): Promise<void> {
  const frame = parsePlain(raw)
  if (frame.type === 'ping') return session.send(frame.answer)
  if (isBlank(frame.text)) return refuse(session, 'text_empty', 'Cannot send the message: it is empty')

  const bytes = Buffer.byteLength(frame.text)
  if (bytes > mostTextBytes) {
    const message = `Cannot send the message: it has ${bytes} bytes, and ${mostTextBytes} are the most`
    return refuse(session, 'text_too_long', message)
  }
  try {
    await room.receive({ type: 'message', by: session.member.email, text: frame.text })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'store_unavailable') throw error
    refuse(
      session,
      error.code,
      'Cannot send the message: the store does not answer, so nothing was kept. Send it again',
    )
  }
}

function refuse(session: Session, code: FrameRefusalCode, message: string): void {
  session.send(JSON.stringify(refusalBody(code, message)))
}
