// The little formatting that a chat needs, read from what somebody wrote. Whatever it is: it comes back, fast, and nothing is lost.
import { Lexer, type MarkedToken, type Token, Tokenizer } from 'marked'
import { neutral } from './controls.ts'

/** Deeper than anybody writes, and shallow enough for every stack. */
export const DEEPEST = 8
/** More quotes or points in each other than this at the beginning of a line, and the line is no writing but an attack. */
const NESTED = /^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s))){9}/m
/** Reading a text takes longer than its length says where there are many signs that begin something. */
const MOST_SIGNS = 3_000
const SIGNS = /[[\]*_~`<>!|\\]/g

/** HTML is text, and so are the definitions, underlined headings and indented code that nobody means in a chat. */
class ChatTokenizer extends Tokenizer {
  override lheading(): undefined {}
  override def(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override code(): undefined {}
}

/** Known tokens as a closed union; `null` where the text is to be shown as it is. */
export function tokensOf(text: string): readonly MarkedToken[] | null {
  const shown = neutral(text)
  if (NESTED.test(shown) || (shown.match(SIGNS)?.length ?? 0) > MOST_SIGNS) return null
  try {
    return known(new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(shown))
  } catch {
    return null
  }
}

/** No extension is installed, so there are no others. */
export function known(tokens: readonly Token[] | undefined): readonly MarkedToken[] {
  return (tokens ?? []) as readonly MarkedToken[]
}
