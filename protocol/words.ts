// The words of a text as search sees them: case and accents do not matter (rule V9).

/** The words in their order, folded: `Crème BRÛLÉE!` is `creme`, `brulee`. */
export function wordsOf(text: string): readonly string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ς', 'σ')
  return folded.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []
}
