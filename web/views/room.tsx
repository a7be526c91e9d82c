// One room: what it is, whether it is live, what was said, and what one is about to say.
import './room.css'
import { useCallback } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import { addressOf, go, PANELS, type Panel, route } from '../state/route.ts'
import { spoken } from '../words/spoken.ts'
import { Composer } from './composer.tsx'
import { ConnectionLine } from './connection.tsx'
import { Glyph } from './glyph.tsx'
import { Timeline } from './timeline.tsx'

const words = spoken(
  {
    back: 'All chats',
    untitled: 'Untitled project',
    panels: { search: 'Search', pins: 'Pinned', members: 'Members', project: 'Project' } as Record<Panel, string>,
  },
  {
    back: 'Alle Chats',
    untitled: 'Projekt ohne Titel',
    panels: { search: 'Suche', pins: 'Angeheftet', members: 'Mitglieder', project: 'Projekt' },
  },
)

const GLYPHS = { search: 'search', pins: 'pin', members: 'members', project: 'project' } as const

export function RoomView({ store }: { readonly store: RoomStore }) {
  const link = useCallback((message: string) => linkTo(store.id, message), [store])
  return (
    <section class="room">
      <RoomHeader store={store} />
      <ConnectionLine store={store} />
      <Timeline store={store} link={link} />
      <Composer store={store} />
    </section>
  )
}

function linkTo(room: string, message: string): string {
  return new URL(addressOf({ room, panel: null, message }), location.href).href
}

function RoomHeader({ store }: { readonly store: RoomStore }) {
  const { title, organization_name: organization } = store.chat.value
  const said = words.value
  return (
    <header class="room-header">
      <button type="button" class="icon room-back" aria-label={said.back} onClick={() => go({ room: null })}>
        <Glyph name="back" />
      </button>
      <div class="room-name">
        <h2 dir="auto">{title || said.untitled}</h2>
        {organization && (
          <p class="quiet small" dir="auto">
            {organization}
          </p>
        )}
      </div>
      <div class="room-panels">
        {PANELS.map((panel) => (
          <PanelButton key={panel} panel={panel} />
        ))}
      </div>
    </header>
  )
}

function PanelButton({ panel }: { readonly panel: Panel }) {
  const isOpen = route.value.panel === panel
  const name = words.value.panels[panel]
  return (
    <button
      type="button"
      class="icon"
      aria-label={name}
      title={name}
      aria-pressed={isOpen}
      onClick={() => go({ panel: isOpen ? null : panel })}
    >
      <Glyph name={GLYPHS[panel]} />
    </button>
  )
}
