// Who belongs to a room: whoever is here comes first.
import type { MemberState } from '../../client/index.ts'
import type { RoomStore } from '../state/room.ts'
import { locale } from '../state/settings.ts'
import { number, spoken } from '../words/spoken.ts'
import { Avatar } from './avatar.tsx'

const words = spoken(
  {
    you: 'you',
    owner: 'Owner of the chat',
    online: 'Online',
    offline: 'Offline',
    readAll: 'has read everything',
    notAll: 'has not read everything',
    unread: (count: number, atLeast: boolean) => `${number(count)}${atLeast ? '+' : ''} unread`,
    loading: 'The members appear as soon as the chat is connected.',
  },
  {
    you: 'Sie',
    owner: 'Eigentümer des Chats',
    online: 'Online',
    offline: 'Offline',
    readAll: 'hat alles gelesen',
    notAll: 'hat noch nicht alles gelesen',
    unread: (count, atLeast) => `${number(count)}${atLeast ? '+' : ''} ungelesen`,
    loading: 'Die Mitglieder erscheinen, sobald der Chat verbunden ist.',
  },
)

export function MembersPanel({ store }: { readonly store: RoomStore }) {
  const members = sorted(store.timeline?.members ?? [])
  if (members.length === 0) return <p class="panel-note quiet">{words.value.loading}</p>
  return (
    <ul class="panel-list">
      {members.map((member) => (
        <MemberItem key={member.email} store={store} member={member} />
      ))}
    </ul>
  )
}

function MemberItem({ store, member }: { readonly store: RoomStore; readonly member: MemberState }) {
  const { email, name, owner, online } = member
  const said = words.value
  const isYou = email === store.email
  const state = [online ? said.online : said.offline, ...(isYou ? [] : [unreadBy(member, store)])]
  return (
    <li class="member">
      <Avatar name={name} seed={email} online={online} />
      <div>
        <p>
          <bdi class="member-name">{name}</bdi>
          {isYou && <span class="quiet"> ({said.you})</span>}
        </p>
        {name !== email && (
          <p class="quiet small">
            <bdi>{email}</bdi>
          </p>
        )}
        <p class="quiet small">{state.join(' · ')}</p>
        {owner && <p class="member-owner small">{said.owner}</p>}
      </div>
    </li>
  )
}

/** Nothing loaded may be unread, and something older may be. */
function unreadBy({ email }: MemberState, store: RoomStore): string {
  const { count, more: atLeast } = store.unreadBy(email)
  if (count > 0) return words.value.unread(count, atLeast)
  return atLeast ? words.value.notAll : words.value.readAll
}

function sorted(members: readonly MemberState[]): readonly MemberState[] {
  const { compare } = new Intl.Collator(locale.value)
  return [...members].sort((a, b) => Number(b.online) - Number(a.online) || compare(a.name, b.name))
}
