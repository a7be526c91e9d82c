// Searching a room: results as one types, newest first, each a way to its place.
import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import { MOST_QUERY_LENGTH } from '../../protocol/v1-frames.ts'
import type { RoomStore } from '../state/room.ts'
import { type Finding, RoomSearch } from '../state/search.ts'
import { counted, spoken } from '../words/spoken.ts'
import { FoundMessage } from './found-message.tsx'
import { Glyph } from './glyph.tsx'

const words = spoken(
  {
    label: 'Search in this chat',
    hint: 'Whole words, in any order. Capitals and accents make no difference.',
    searching: 'Searching …',
    count: (count: number, more: boolean) => `${more ? 'More than ' : ''}${counted(count, 'message', 'messages')}`,
    none: 'No message has all of these words. Whole words are found, not parts of them.',
    loadedOnly: 'There is no connection: only what is loaded here was searched.',
    failed: 'The search did not succeed.',
    again: 'Try again',
    more: 'Show more',
    loading: 'Loading …',
  },
  {
    label: 'In diesem Chat suchen',
    hint: 'Ganze Wörter in beliebiger Reihenfolge. Großschreibung und Akzente spielen keine Rolle.',
    searching: 'Suche läuft …',
    count: (count, more) => `${more ? 'Mehr als ' : ''}${counted(count, 'Nachricht', 'Nachrichten')}`,
    none: 'Keine Nachricht enthält alle diese Wörter. Gefunden werden ganze Wörter, keine Teile davon.',
    loadedOnly: 'Es besteht keine Verbindung: Nur das hier Geladene wurde durchsucht.',
    failed: 'Die Suche ist nicht gelungen.',
    again: 'Noch einmal versuchen',
    more: 'Mehr zeigen',
    loading: 'Wird geladen …',
  },
)

export function SearchPanel({ store }: { readonly store: RoomStore }) {
  const search = useMemo(() => new RoomSearch(store), [store])
  const [query, setQuery] = useState('')
  const hint = useId()
  const said = words.value
  const finding = search.finding.value
  const isLive = store.state.value?.connection.status === 'live'
  useEffect(() => () => search.close(), [search])
  // What was looked for without a connection is looked for again as soon as there is one.
  useEffect(() => {
    if (isLive && finding.status === 'found' && finding.loadedOnly) search.look()
  }, [isLive])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    search.look()
  }
  return (
    <>
      <form class="panel-field" onSubmit={submit}>
        <Glyph name="search" />
        <input
          type="search"
          aria-label={said.label}
          placeholder={said.label}
          aria-describedby={hint}
          autocomplete="off"
          enterkeyhint="search"
          maxLength={MOST_QUERY_LENGTH}
          value={query}
          onInput={({ currentTarget }) => {
            setQuery(currentTarget.value)
            search.type(currentTarget.value)
          }}
        />
      </form>
      <p class="panel-note quiet small" id={hint} hidden={finding.status !== 'idle'}>
        {said.hint}
      </p>
      <p class="panel-note quiet small" role="status">
        {sentence(finding)}
      </p>
      {finding.status === 'failed' && (
        <button type="button" class="second panel-more" onClick={() => search.look()}>
          {said.again}
        </button>
      )}
      {finding.status === 'found' && finding.messages.length > 0 && (
        <ol class="panel-list">
          {finding.messages.map((message) => (
            <FoundMessage key={message.id} store={store} message={message} marked={finding.words} />
          ))}
        </ol>
      )}
      {finding.status === 'found' && finding.more !== 'none' && (
        <button
          type="button"
          class="second panel-more"
          aria-disabled={finding.more === 'loading'}
          onClick={() => search.more()}
        >
          {finding.more === 'loading' ? said.loading : finding.more === 'failed' ? said.again : said.more}
        </button>
      )}
    </>
  )
}

function sentence(finding: Finding): string {
  const said = words.value
  switch (finding.status) {
    case 'idle':
      return ''
    case 'searching':
      return said.searching
    case 'failed':
      return said.failed
    case 'found': {
      const { messages, more, loadedOnly } = finding
      const count = messages.length > 0 ? said.count(messages.length, more !== 'none') : said.none
      return loadedOnly ? `${said.loadedOnly} ${count}` : more === 'failed' ? `${count}. ${said.failed}` : count
    }
  }
}
