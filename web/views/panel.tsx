// What stands beside a room: search, pinned messages, members, the project.
import './panel.css'
import type { RefObject } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { RoomStore } from '../state/room.ts'
import { go, PANELS, type Panel as PanelName } from '../state/route.ts'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'
import { MembersPanel } from './members-panel.tsx'
import { PinsPanel } from './pins-panel.tsx'
import { ProjectPanel } from './project-panel.tsx'
import { SearchPanel } from './search-panel.tsx'

const words = spoken(
  {
    close: 'Close',
    headings: { search: 'Search', pins: 'Pinned', members: 'Members', project: 'Project' } as Record<PanelName, string>,
  },
  {
    close: 'Schließen',
    headings: { search: 'Suche', pins: 'Angeheftet', members: 'Mitglieder', project: 'Projekt' },
  },
)

const CONTENTS = { search: SearchPanel, pins: PinsPanel, members: MembersPanel, project: ProjectPanel } as const

export function Panel({ store, panel }: { readonly store: RoomStore; readonly panel: PanelName }) {
  const heading = useId()
  const frame = useRef<HTMLElement>(null)
  useFocusInside(frame, panel)
  const Content = CONTENTS[panel]
  const close = () => go({ panel: null })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
    event.preventDefault()
    close()
  }
  return (
    <aside ref={frame} class="panel" aria-labelledby={heading} onKeyDown={onKeyDown}>
      <header>
        <h2 id={heading} tabIndex={-1}>
          {words.value.headings[panel]}
        </h2>
        <button type="button" class="icon" aria-label={words.value.close} title={words.value.close} onClick={close}>
          <Glyph name="close" />
        </button>
      </header>
      <Content store={store} />
    </aside>
  )
}

/** Whoever opens a panel is in it at once, in its field if it has one; whoever closes it is where they were. */
function useFocusInside(frame: RefObject<HTMLElement | null>, panel: PanelName): void {
  useLayoutEffect(() => {
    const aside = frame.current
    const shell = aside?.parentElement
    const opener = document.activeElement
    const field = aside?.querySelector<HTMLElement>('input[type="search"]')
    const inside = field ?? aside?.querySelector<HTMLElement>('h2')
    inside?.focus()
    return () => {
      // After the panel is gone and the room, on a narrow screen, is there again.
      setTimeout(() => {
        if (document.activeElement !== document.body) return
        if (opener instanceof HTMLElement && opener !== document.body && opener.isConnected) opener.focus()
        const button = shell?.querySelectorAll<HTMLElement>('.room-panels button')[PANELS.indexOf(panel)]
        if (document.activeElement === document.body) button?.focus()
      })
    }
  }, [])
}
