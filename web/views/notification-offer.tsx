// Offers notifications, once, after somebody has said something: then they know what for.
import { askPermission, decline, isOffered } from '../state/permission.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  { offer: 'Shall this device tell you when somebody answers?', yes: 'Yes, please', no: 'Not now' },
  { offer: 'Soll dieses Gerät es Ihnen melden, wenn jemand antwortet?', yes: 'Ja, bitte', no: 'Jetzt nicht' },
)

export function NotificationOffer() {
  if (!isOffered.value) return null
  return (
    <div class="rooms-offer">
      <Glyph name="bell" />
      <p class="small">{words.value.offer}</p>
      <p>
        <button type="button" onClick={askPermission}>
          {words.value.yes}
        </button>
        <button type="button" class="second" onClick={decline}>
          {words.value.no}
        </button>
      </p>
    </div>
  )
}
