// What a plain session says: a text frame is a message, whatever it looks like.
import { parsePlain } from '../../protocol/plain.ts'
import { FrameRefusal, Refusal, refusalBody } from '../../protocol/refusal.ts'
import type { Pace } from './pace.ts'
import type { Room } from './room.ts'
import type { Session } from './session.ts'
import { refuseText } from './text.ts'
import type { Watch } from './watch.ts'

export interface PlainLimits {
  readonly textBytes: number
  /** By member, over all of their plain sessions. */
  readonly sends: Pace
  readonly watch: Watch
}

/** Takes one text frame of a plain session (rules P1, P3 and P4). What cannot be kept is refused to its sender, and to nobody else. */
export async function receivePlain(room: Room, session: Session, raw: string, limits: PlainLimits): Promise<void> {
  const frame = parsePlain(raw)
  if (frame.type === 'ping') return session.send(frame.answer)
  try {
    limits.sends.keep(session.member.email)
    refuseText(frame.text, limits.textBytes)
    // Its author's own copy is the confirmation.
    await room.receive({ type: 'message', by: session.member.email, text: frame.text }, () => {})
  } catch (error) {
    const refusal = refusalOf(error)
    limits.watch.refused(refusal.code)
    session.send(JSON.stringify(refusal))
  }
}

function refusalOf(error: unknown) {
  if (error instanceof FrameRefusal) return refusalBody(error.code, error.message)
  if (!(error instanceof Refusal) || error.code !== 'store_unavailable') throw error
  return refusalBody(
    error.code,
    'Cannot send the message: the store does not answer, so nothing was kept. Send it again',
  )
}
