// Changes of a message that were not stored: an edit, a reaction, a pin, a deletion.
import type { Failed } from '../../client/index.ts'
import { FailureLine } from './failure.tsx'
import { useHere } from './here.ts'

export function FailedChanges({ message }: { readonly message: string }) {
  const { passage } = useHere()
  const entries = passage.outbox.value?.entries ?? []
  const failed = entries.filter(
    (entry): entry is Failed =>
      entry.status === 'failed' && entry.change.type !== 'message' && entry.change.message === message,
  )
  return (
    <>
      {failed.map((entry) => (
        <FailureLine key={entry.id} entry={entry} />
      ))}
    </>
  )
}
