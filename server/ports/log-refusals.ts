// Why a log does not take a change: the same words from every store.
import { FrameRefusal } from '../../protocol/refusal.ts'
import { MOST_EMOJI } from './log.ts'

export function tooManyReactions(): FrameRefusal {
  return new FrameRefusal(
    'too_many_reactions',
    `Cannot react: the message has ${MOST_EMOJI} different reactions already`,
  )
}

export function noMessage(): FrameRefusal {
  return new FrameRefusal('no_message', 'Cannot find the message: there is none with this id in the room any more')
}

export function notYours(): FrameRefusal {
  return new FrameRefusal('not_yours', 'Cannot change the message: somebody else wrote it')
}
