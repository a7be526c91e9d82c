// Everything that can be done with a message.
import type { ComponentType, RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { spoken } from '../words/spoken.ts'
import type { EmojiPickerProps } from './emoji-picker.tsx'
import { Glyph } from './glyph.tsx'
import type { Action, Actions } from './message-actions.ts'
import { Popover } from './popover.tsx'

const words = spoken(
  {
    name: 'What to do with the message',
    react: (emoji: string) => `React with ${emoji}`,
    others: 'Other emoji',
    deleteKey: 'Del',
  },
  {
    name: 'Was mit der Nachricht geschehen soll',
    react: (emoji) => `Mit ${emoji} reagieren`,
    others: 'Andere Emojis',
    deleteKey: 'Entf',
  },
)

const QUICK = ['👍', '❤️', '😂', '🎉', '👀'] as const

export interface MessageMenuProps {
  readonly actions: Actions
  readonly anchor: RefObject<HTMLElement | null>
  readonly onClose: () => void
}

export function MessageMenu({ actions, anchor, onClose }: MessageMenuProps) {
  const [picks, setPicks] = useState(false)
  if (picks) return <Picker onPick={actions.react} onClose={onClose} />
  return (
    <Popover anchor={anchor} name={words.value.name} role="menu" onClose={onClose}>
      <Items actions={actions} onClose={onClose} onOthers={() => setPicks(true)} />
    </Popover>
  )
}

interface ItemsProps {
  readonly actions: Actions
  readonly onClose: () => void
  readonly onOthers: () => void
}

function Items({ actions, onClose, onOthers }: ItemsProps) {
  const items = useRef<HTMLDivElement>(null)
  const said = words.value
  const react = (emoji: string) => {
    actions.react(emoji)
    onClose()
  }
  const act = ({ run }: Action) => {
    onClose()
    run() // Afterwards, for it may take the focus elsewhere.
  }
  const press = (event: KeyboardEvent) => {
    const all = [...(items.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const [target] = event.composedPath()
    const at = target instanceof HTMLElement ? all.indexOf(target) : -1
    const next = nextItem(event.key, at, all.length)
    if (next === null) return
    event.preventDefault()
    all[next]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu around it has the role; its items are here.
    <div ref={items} class="message-menu" role="presentation" onKeyDown={press}>
      <div class="message-menu-emoji" role="presentation">
        {QUICK.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="icon"
            role="menuitem"
            tabIndex={-1}
            aria-label={said.react(emoji)}
            onClick={() => react(emoji)}
          >
            {emoji}
          </button>
        ))}
        <button
          type="button"
          class="icon"
          role="menuitem"
          tabIndex={-1}
          aria-label={said.others}
          title={said.others}
          onClick={onOthers}
        >
          <Glyph name="emoji" />
        </button>
      </div>
      {actions.all.map((action) => (
        <button
          key={action.name}
          type="button"
          class="message-menu-item"
          role="menuitem"
          aria-keyshortcuts={action.key}
          data-key={action.key === 'Delete' ? said.deleteKey : action.key?.toUpperCase()}
          tabIndex={-1}
          onClick={() => act(action)}
        >
          <Glyph name={action.glyph} />
          <span>{action.name}</span>
        </button>
      ))}
    </div>
  )
}

/** `null` for keys that lead nowhere. */
function nextItem(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return (at + 1) % count
    case 'ArrowUp':
    case 'ArrowLeft':
      return (at + count - 1) % count
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

/** All emoji are many: they come when somebody wants them. */
function Picker(props: EmojiPickerProps) {
  const [loaded, setLoaded] = useState<{ readonly View: ComponentType<EmojiPickerProps> } | null>(null)
  const { onClose } = props
  useEffect(() => {
    let isWanted = true
    import('./emoji-picker.tsx').then(
      ({ EmojiPicker }) => isWanted && setLoaded({ View: EmojiPicker }),
      () => isWanted && onClose(),
    )
    return () => {
      isWanted = false
    }
  }, [onClose])
  return loaded && <loaded.View {...props} />
}
