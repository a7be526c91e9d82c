// Text without formatting, and whoever is called by name in it.
import { type ComponentChildren, createContext, Fragment } from 'preact'
import { useContext } from 'preact/hooks'
import { mentionsIn, type Person } from '../text/mentions.ts'

export interface ReaderValue {
  readonly people?: readonly Person[] | undefined
  readonly you?: string | undefined
}

export const Reader = createContext<ReaderValue>({})

export function Plain({ text }: { readonly text: string }): ComponentChildren {
  const { people = [], you } = useContext(Reader)
  if (people.length === 0) return text
  return mentionsIn(text, people).map((piece, index) =>
    piece.email === undefined ? (
      <Fragment key={index}>{piece.text}</Fragment>
    ) : (
      <bdi key={index} class="mention" data-you={piece.email === you}>
        {piece.text}
      </bdi>
    ),
  )
}
