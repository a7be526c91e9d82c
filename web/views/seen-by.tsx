// Who has seen what one said last.
import type { Message } from '../../protocol/event.ts'
import { spoken } from '../words/spoken.ts'
import { Avatar } from './avatar.tsx'
import { useHere } from './here.ts'

const words = spoken({ seen: (names: string) => `Seen by ${names}` }, { seen: (names) => `Gesehen von ${names}` })
const MOST_FACES = 5

export function SeenBy({ message }: { readonly message: Message }) {
  const { passage } = useHere()
  const { store } = passage
  if (message.by !== store.email || passage.lastOwn.value !== message.id) return null
  const seen = passage.members.value.filter(({ email, read }) => email !== store.email && read >= Number(message.id))
  if (seen.length === 0) return null
  const names = seen.map(({ email }) => passage.nameOf(email))
  return (
    <p class="seen-by quiet" title={words.value.seen(names.join(', '))}>
      {seen.slice(0, MOST_FACES).map(({ email }) => (
        <Avatar key={email} name={passage.nameOf(email)} seed={email} />
      ))}
      <bdi>
        {words.value.seen(names.length > MOST_FACES ? `${names.slice(0, MOST_FACES).join(', ')} …` : names.join(', '))}
      </bdi>
    </p>
  )
}
