// What was said, oldest first.
import './timeline.css'
import type { RoomStore } from '../state/room.ts'

export function Timeline({ store }: { readonly store: RoomStore }) {
  const messages = store.timeline?.blocks.flatMap((block) => block.messages) ?? []
  return (
    <div class="timeline">
      {messages.map((message) => (
        <p key={message.id}>{message.text}</p>
      ))}
    </div>
  )
}
