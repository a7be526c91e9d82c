// The keys of the tickets: whether what is signed with them is believed, and whether they outlive the process.
import { Tickets } from '../../chat/ticket.ts'
import type { Config } from '../../config.ts'
import { type Finding, fault, fine, note, reasonOf } from './finding.ts'

const NOBODY = { id: '0', email: 'nobody@example.com', name: '', passwordMark: '' }

export async function lookAtTickets({ keys, madeUpSecret }: Config): Promise<readonly Finding[]> {
  if (madeUpSecret)
    return [note('no JWT_PRIVATE_KEY: tickets end with the process, and several of them cannot share any')]
  const tickets = new Tickets(keys, Date.now, (bytes) => crypto.randomUUID().slice(0, bytes))
  try {
    const { token } = await tickets.issue(NOBODY, 'doctor', null)
    await tickets.read(token)
    const previous = keys.verifying.size > 1
    return [
      fine(`tickets are signed with ${keys.algorithm} and believed`),
      ...(previous ? [note('a previous key is still believed: take it away five minutes after the change')] : []),
    ]
  } catch (error) {
    return [fault(`JWT_PRIVATE_KEY: a ticket cannot be signed and read again (${reasonOf(error)})`)]
  }
}
