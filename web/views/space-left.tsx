// How much may still be said: nothing while there is plenty, and by how much it is too long before anybody sends it.
import type { Space } from '../text/limit.ts'
import { counted, spoken } from '../words/spoken.ts'

const words = spoken(
  {
    left: (count: number) => `Room for about ${counted(count, 'more character', 'more characters')}`,
    over: (count: number) => `Too long: ${counted(count, 'character has', 'characters have')} to go`,
    tooLong: 'The message is too long.',
  },
  {
    left: (count) => `Noch Platz für etwa ${counted(count, 'Zeichen', 'Zeichen')}`,
    over: (count) => `Zu lang: ${counted(count, 'Zeichen muss', 'Zeichen müssen')} weg`,
    tooLong: 'Die Nachricht ist zu lang.',
  },
)

/** The number changes with every key stroke, so only that it has become too long is said aloud; the number can be asked for. */
export function SpaceLeft({ space, id }: { readonly space: Space; readonly id: string }) {
  const said = words.value
  return (
    <>
      <p class="composer-space small" id={id} data-is={space.is} hidden={space.is === 'enough'}>
        {space.is === 'scarce' && said.left(space.left)}
        {space.is === 'over' && said.over(space.by)}
      </p>
      <span class="visually-hidden" role="status">
        {space.is === 'over' && said.tooLong}
      </span>
    </>
  )
}
