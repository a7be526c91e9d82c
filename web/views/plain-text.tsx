// Text without formatting: whoever is called by name in it, and what a search looked for.
import { type ComponentChildren, createContext, Fragment } from 'preact'
import { useContext } from 'preact/hooks'
import { markedIn } from '../text/highlight.ts'
import { mentionsIn, type Person } from '../text/mentions.ts'

export interface ReaderValue {
  readonly highlight?: readonly string[] | undefined
  readonly people?: readonly Person[] | undefined
  readonly you?: string | undefined
}

export const Reader = createContext<ReaderValue>({})

/** `only` what was looked for is marked where nobody is called: in code, in a link. */
export function Plain({ text, only }: { readonly text: string; readonly only?: 'marks' }): ComponentChildren {
  const { people = [], you } = useContext(Reader)
  if (only || people.length === 0) return <Marks text={text} />
  return mentionsIn(text, people).map((piece, index) =>
    piece.email === undefined ? (
      <Marks key={index} text={piece.text} />
    ) : (
      <bdi key={index} class="mention" data-you={piece.email === you}>
        {piece.text}
      </bdi>
    ),
  )
}

function Marks({ text }: { readonly text: string }): ComponentChildren {
  const { highlight = [] } = useContext(Reader)
  if (highlight.length === 0) return text
  return markedIn(text, highlight).map((piece, index) =>
    piece.marked ? <mark key={index}>{piece.text}</mark> : <Fragment key={index}>{piece.text}</Fragment>,
  )
}
