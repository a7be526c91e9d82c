// `erase`: what one person has said goes, from every room, while the chat runs.
import { eraseIn, type Traces, tracesIn } from '../chat/erasure.ts'
import { type Environment, Misused, obey, readWords } from './asked.ts'
import { withStorage } from './with-storage.ts'

export const usage = `propromo-chat erase <email> [--room <room>]... [--yes] (from the sources also: npm run erase -- …)

Without --yes only tells what there is. With it, deletes the texts, edits, reactions and read marks of this email in every room, or in
those that are named by their monitor_hash, from search and pins too. Whoever is connected sees them deleted. Empty places with the
email and the time stay, so that everybody counts the same.`

const PAUSE_MILLISECONDS = 20

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    const options = { room: { type: 'string', multiple: true }, yes: { type: 'boolean' } } as const
    const { values, words } = readWords(args, options, [1, 1])
    const [email = ''] = words
    if (!email.includes('@')) throw new Misused(`Cannot erase ${JSON.stringify(email)}: that is no email`)
    await withStorage(env, async ({ log, audit, scrub }) => {
      const rooms = values.room ?? (await log.rooms())
      const all: Traces[] = []
      const pause = () => Bun.sleep(PAUSE_MILLISECONDS)
      for (const room of rooms) {
        const found = await tracesIn(log, room, email)
        const { messages: many } = found
        if (many + found.reactions === 0 && !found.readMark) continue
        // Before it goes, so that no interruption leaves it gone without a trace.
        if (values.yes) await audit.note({ at: Date.now(), what: 'erased', by: 'operator', of: email, room, many })
        const traces = values.yes ? await eraseIn(log, room, email, pause) : found
        all.push(traces)
        console.log(`${room}: ${told(traces)}`)
      }
      if (values.yes) await scrub() // Also where nothing is left: one that was interrupted may not have come so far.
      if (all.length === 0) console.log(`There is nothing of ${email} in ${rooms.length} rooms`)
      else if (values.yes) console.log(`Erased from ${all.length} rooms`)
      else console.log(`Nothing was erased: add --yes to erase this from ${all.length} rooms`)
    })
    return 0
  })
}

function told({ messages, reactions, readMark }: Traces): string {
  return `${messages} messages, ${reactions} reactions${readMark ? ', a read mark' : ''}`
}

if (import.meta.main) process.exit(await run(process.argv.slice(2), process.env))
