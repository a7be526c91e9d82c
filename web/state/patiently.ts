// Asking again when the server wants a little time: whoever scrolls fast is let wait, and not told of an error.
import { RequestFailed } from '../../client/index.ts'

const MOST_TIMES = 5

/** The answer, or the failure that waiting does not mend. */
export async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let times = 1; ; times += 1) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.retryAfterSeconds === undefined || times >= MOST_TIMES) throw error
      await new Promise((resolve) => setTimeout(resolve, (error.retryAfterSeconds ?? 1) * 1_000))
    }
  }
}
