// What one is about to say.
import './composer.css'
import type { RoomStore } from '../state/room.ts'

export function Composer({ store }: { readonly store: RoomStore }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    store.room.send(String(new FormData(form).get('text')))
    form.reset()
  }
  return (
    <form class="composer" onSubmit={submit}>
      <textarea name="text" aria-label="Message" />
      <button type="submit">Send</button>
    </form>
  )
}
