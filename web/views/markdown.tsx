// What somebody wrote, with the little formatting that a chat needs. Nothing of it is ever HTML.
import './markdown.css'
import type { MarkedToken, Token, Tokens } from 'marked'
import type { ComponentChildren } from 'preact'
import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import { neutral } from '../text/controls.ts'
import { isEmojiOnly } from '../text/emoji-only.ts'
import { DEEPEST, known, tokensOf } from '../text/markdown.ts'
import type { Person } from '../text/mentions.ts'
import { CodeBlock } from './code-block.tsx'
import { Link } from './link.tsx'
import { Plain, Reader } from './plain-text.tsx'

export interface MarkdownProps {
  readonly text: string
  /** Who may be called by name, and who of them reads this. */
  readonly people?: readonly Person[]
  readonly you?: string
}

export const Markdown = memo(function Markdown({ text, people, you }: MarkdownProps) {
  const tokens = useMemo(() => tokensOf(text), [text])
  const reader = useMemo(() => ({ people, you }), [people, you])
  return (
    <Reader.Provider value={reader}>
      <div class="markdown" data-emoji={isEmojiOnly(text)}>
        {tokens ? <Blocks tokens={tokens} depth={0} /> : <Raw text={neutral(text)} />}
      </div>
    </Reader.Provider>
  )
})

interface Part {
  readonly tokens: readonly MarkedToken[]
  readonly depth: number
}

function Blocks({ tokens, depth }: Part): ComponentChildren {
  return tokens.map((token, index) => <BlockView key={index} token={token} depth={depth} />)
}

function BlockView({ token, depth }: { readonly token: MarkedToken; readonly depth: number }): ComponentChildren {
  if (depth > DEEPEST) return <Raw text={token.raw} />
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return null
    case 'hr':
      return <hr />
    case 'code':
      return <CodeBlock text={token.text} language={token.lang ?? ''} />
    case 'blockquote':
      return (
        <blockquote dir="auto">
          <Blocks tokens={known(token.tokens)} depth={depth + 1} />
        </blockquote>
      )
    case 'heading':
      return (
        <p dir="auto">
          <strong>
            <Inline tokens={known(token.tokens)} depth={depth} />
          </strong>
        </p>
      )
    case 'list':
      return <List list={token} depth={depth} />
    case 'table':
      return <Table table={token} depth={depth} />
    case 'paragraph':
    case 'text':
      return <Paragraph tokens={token.tokens} raw={token.raw} depth={depth} />
    default:
      return <Raw text={token.raw} />
  }
}

function Paragraph({ tokens, raw, depth }: { tokens: Token[] | undefined; raw: string; depth: number }) {
  return <p dir="auto">{tokens ? <Inline tokens={known(tokens)} depth={depth} /> : <Plain text={raw} />}</p>
}

function List({ list, depth }: { readonly list: Tokens.List; readonly depth: number }) {
  const items = list.items.map((item, index) => (
    <li key={index} dir="auto" class={item.task ? 'task' : undefined}>
      {item.task && <span class="task-box">{item.checked ? '☑' : '☐'}</span>}
      <Blocks tokens={known(item.tokens)} depth={depth + 1} />
    </li>
  ))
  return list.ordered ? (
    <ol start={typeof list.start === 'number' ? list.start : 1} dir="auto">
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  )
}

function Table({ table, depth }: { readonly table: Tokens.Table; readonly depth: number }) {
  const cell = ({ tokens, align, header }: Tokens.TableCell, index: number) => {
    const inside = <Inline tokens={known(tokens)} depth={depth + 1} />
    const props = { key: index, dir: 'auto', 'data-align': align ?? undefined } as const
    return header ? (
      <th {...props} scope="col">
        {inside}
      </th>
    ) : (
      <td {...props}>{inside}</td>
    )
  }
  return (
    <table>
      <thead>
        <tr>{table.header.map(cell)}</tr>
      </thead>
      <tbody>
        {table.rows.map((row, index) => (
          <tr key={index}>{row.map(cell)}</tr>
        ))}
      </tbody>
    </table>
  )
}

function Inline({ tokens, depth }: Part): ComponentChildren {
  return tokens.map((token, index) => <InlineView key={index} token={token} depth={depth} />)
}

function InlineView({ token, depth }: { readonly token: MarkedToken; readonly depth: number }): ComponentChildren {
  if (depth > 2 * DEEPEST) return <Plain text={token.raw} />
  const inside = (tokens: Token[]) => <Inline tokens={known(tokens)} depth={depth + 1} />
  switch (token.type) {
    case 'strong':
      return <strong>{inside(token.tokens)}</strong>
    case 'em':
      return <em>{inside(token.tokens)}</em>
    case 'del':
      return <del>{inside(token.tokens)}</del>
    case 'br':
      return <br />
    case 'codespan':
      return <code>{token.text}</code>
    case 'link':
      return (
        <Link href={token.href} text={token.text} raw={token.raw}>
          {inside(token.tokens)}
        </Link>
      )
    case 'image':
      return (
        <Link href={token.href} text={token.text} raw={token.raw}>
          {token.text || token.href}
        </Link>
      )
    case 'escape':
    case 'text':
      return 'tokens' in token && token.tokens ? inside(token.tokens) : <Plain text={token.text} />
    default:
      return <Plain text={token.raw} />
  }
}

/** As it was written, line for line. */
function Raw({ text }: { readonly text: string }) {
  return (
    <p dir="auto" class="raw">
      <Plain text={text} />
    </p>
  )
}
