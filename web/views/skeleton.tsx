// Where messages will stand once they are here.
import { spoken } from '../words/spoken.ts'

const words = spoken({ loading: 'Messages are being loaded …' }, { loading: 'Nachrichten werden geladen …' })

export function Skeleton({ lines = 5 }: { readonly lines?: number }) {
  return (
    <div class="skeleton">
      <span class="visually-hidden">{words.value.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="skeleton-line" aria-hidden="true">
          <span />
          <span />
        </div>
      ))}
    </div>
  )
}
