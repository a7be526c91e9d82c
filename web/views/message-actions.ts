// What can be done with a message, by whom, and with which key.
import { useMemo } from 'preact/hooks'
import type { Message } from '../../protocol/event.ts'
import { spoken } from '../words/spoken.ts'
import type { GlyphName } from './glyph.tsx'
import { type HereValue, useHere } from './here.ts'

const words = spoken(
  {
    reply: 'Reply',
    edit: 'Edit',
    copyText: 'Copy text',
    copyLink: 'Copy link',
    pin: 'Pin',
    unpin: 'Unpin',
    delete: 'Delete',
    copied: 'Copied',
    notCopied: 'The browser did not allow copying.',
    deleting: 'The message is being deleted. It can be undone for a few seconds.',
  },
  {
    reply: 'Antworten',
    edit: 'Bearbeiten',
    copyText: 'Text kopieren',
    copyLink: 'Link kopieren',
    pin: 'Anheften',
    unpin: 'Nicht mehr anheften',
    delete: 'Löschen',
    copied: 'Kopiert',
    notCopied: 'Der Browser hat das Kopieren nicht erlaubt.',
    deleting: 'Die Nachricht wird gelöscht. Das lässt sich einige Sekunden lang rückgängig machen.',
  },
)

export interface Action {
  readonly name: string
  readonly glyph: GlyphName
  readonly run: () => void
  /** The key that does the same, at the message. */
  readonly key?: string
}

export interface Actions {
  readonly all: readonly Action[]
  readonly reply: Action
  /** Does what the key stands for; `false` if it stands for nothing. */
  readonly byKey: (key: string) => boolean
  readonly react: (emoji: string) => void
}

export function useActions(message: Message): Actions {
  const here = useHere()
  const said = words.value
  const isOwner = here.passage.members.value.some(({ email, owner }) => owner && email === here.passage.store.email)
  return useMemo(() => actionsFor(message, here, isOwner, said), [message, here, isOwner, said])
}

function actionsFor(message: Message, here: HereValue, isOwner: boolean, said: typeof words.value): Actions {
  const { store, deletions } = here.passage
  const isOwn = message.by === store.email
  const reply: Action = {
    name: said.reply,
    glyph: 'reply',
    key: 'r',
    run: () => {
      store.composing.value = { type: 'reply', message }
    },
  }
  const edit: Action = {
    name: said.edit,
    glyph: 'edit',
    key: 'e',
    run: () => {
      store.composing.value = { type: 'edit', message }
    },
  }
  const { link } = here
  const copyLink = link && {
    name: said.copyLink,
    glyph: 'link' as const,
    run: () => copy(link(message.id), here),
  }
  const pin: Action = {
    name: message.pinned ? said.unpin : said.pin,
    glyph: 'pin',
    key: 'p',
    run: () => void store.room.pin(message.id, !message.pinned),
  }
  const remove: Action = {
    name: said.delete,
    glyph: 'bin',
    key: 'Delete',
    run: () => {
      deletions.delete(message.id)
      here.announce(said.deleting)
    },
  }
  const all: readonly Action[] = [
    reply,
    ...(isOwn ? [edit] : []),
    { name: said.copyText, glyph: 'copy', run: () => copy(message.text, here) },
    ...(copyLink ? [copyLink] : []),
    pin,
    ...(isOwn || isOwner ? [remove] : []),
  ]
  return {
    all,
    reply,
    byKey: (key) => {
      const action = all.find((each) => each.key === key)
      action?.run()
      return action !== undefined
    },
    react: (emoji) => {
      const mine = Object.hasOwn(message.reactions, emoji) && message.reactions[emoji]?.includes(store.email)
      store.room.react(message.id, emoji, !mine)
    },
  }
}

async function copy(text: string, { announce }: HereValue): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    announce(words.value.copied)
  } catch {
    announce(words.value.notCopied)
  }
}
