// What stands beside a room: search, pinned messages, members, the project.
import './panel.css'
import type { RoomStore } from '../state/room.ts'
import type { Panel as PanelName } from '../state/route.ts'

export function Panel({ panel }: { readonly store: RoomStore; readonly panel: PanelName }) {
  return <aside class="panel">{panel}</aside>
}
