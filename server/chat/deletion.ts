// Deleting what somebody said as if they had done it themselves, so that everybody's view agrees.
import type { Draft, Message } from '../../protocol/event.ts'
import { FrameRefusal } from '../../protocol/refusal.ts'

export type Deletion = Draft & { readonly type: 'deleted' }

export function deletionOf({ id, by }: Message): Deletion {
  return { type: 'deleted', by, message: id }
}

/** Whether what was to be changed was still there when `stored` was asked for. */
export async function wasThere(stored: Promise<unknown>): Promise<boolean> {
  try {
    await stored
    return true
  } catch (error) {
    if (error instanceof FrameRefusal && error.code === 'no_message') return false
    throw error
  }
}
