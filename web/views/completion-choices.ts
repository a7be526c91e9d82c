// What is offered for what was called: members by name, emoji by theirs.
import { useEffect, useState } from 'preact/hooks'
import { type Emoji, emojiIn, foundBy } from '../emoji/emoji.ts'
import { habits } from '../emoji/habits.ts'
import { toned } from '../emoji/tones.ts'
import type { RoomStore } from '../state/room.ts'
import { type Language, language } from '../state/settings.ts'
import { type Call, callFor, membersCalled } from '../text/completion.ts'

export interface Choice {
  readonly key: string
  readonly name: string
  readonly detail: string
  /** An emoji in place of a face. */
  readonly picture?: string
  readonly online: boolean
  /** What is written for it. */
  readonly text: string
}

const MOST_EMOJI = 8

/** None while nothing is called. */
export function useChoices(store: RoomStore, call: Call | null): readonly Choice[] {
  const emoji = useEmojiCalled(call)
  if (call === null) return []
  return call.sign === '@' ? memberChoices(store, call) : emoji
}

function memberChoices(store: RoomStore, { query }: Call): readonly Choice[] {
  const members = store.timeline?.members ?? []
  const others = members.filter(({ email }) => email !== store.email)
  return membersCalled(query, others).map((member) => ({
    key: member.email,
    name: member.name || member.email,
    detail: member.name ? member.email : '',
    online: member.online,
    text: callFor(member, members),
  }))
}

/** Asks for the table when an emoji is called for the first time; without it there are no suggestions, and that is all. */
function useEmojiCalled(call: Call | null): readonly Choice[] {
  const [found, setFound] = useState<readonly Choice[]>([])
  const query = call?.sign === ':' ? call.query : ''
  const spoken = language.value
  useEffect(() => {
    let isWanted = true
    if (query === '') return
    emojiCalled(query, spoken).then(
      (called) => isWanted && setFound(called.map(emojiChoice)),
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [query, spoken])
  return query === '' ? [] : found
}

/** Many know the English names by heart, so these lead to an emoji too where no other does. */
async function emojiCalled(query: string, spoken: Language): Promise<readonly Emoji[]> {
  const own = foundBy(query, await emojiIn(spoken))
  const found = own.length > 0 || spoken === 'en' ? own : foundBy(query, await emojiIn('en'))
  return found.slice(0, MOST_EMOJI)
}

function emojiChoice({ emoji, name, takesTone }: Emoji): Choice {
  const picture = takesTone ? toned(emoji, habits.peek().tone) : emoji
  return { key: emoji, name, detail: '', picture, online: false, text: `${picture} ` }
}
