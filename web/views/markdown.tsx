// What somebody wrote, with the little formatting that a chat needs. Nothing of it is ever HTML.

export interface MarkdownProps {
  readonly text: string
  /** Words to mark where they stand, as a search found them. */
  readonly highlight?: readonly string[]
}

export function Markdown({ text }: MarkdownProps) {
  return <p dir="auto">{text}</p>
}
