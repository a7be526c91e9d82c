// The frame of the page: rooms at the side, the room in the middle, and beside it what belongs to the room.
import './shell.css'
import { current } from '../state/rooms.ts'
import { route } from '../state/route.ts'
import { spoken } from '../words/spoken.ts'
import { Panel } from './panel.tsx'
import { RoomView } from './room.tsx'
import { RoomList } from './rooms.tsx'

const words = spoken(
  { choose: 'Choose a chat', chooseHint: 'Everything that was said is here, and what you write is kept.' },
  { choose: 'Wählen Sie einen Chat', chooseHint: 'Alles Gesagte ist hier, und was Sie schreiben, bleibt erhalten.' },
)

/** On a narrow screen one of the three fills it; the stylesheet decides by `data-shows`. */
export function Shell() {
  const room = current.value
  const { panel } = route.value
  return (
    <div class="shell" data-shows={room ? (panel ? 'panel' : 'room') : 'rooms'}>
      <header class="visually-hidden">
        <h1>Propromo Chat</h1>
      </header>
      <RoomList />
      <main>
        {room ? <RoomView key={room.id} store={room} /> : <Empty />}
        {room && panel && <Panel key={`${room.id} ${panel}`} store={room} panel={panel} />}
      </main>
    </div>
  )
}

function Empty() {
  return (
    <div class="shell-empty">
      <h2>{words.value.choose}</h2>
      <p class="quiet">{words.value.chooseHint}</p>
    </div>
  )
}
