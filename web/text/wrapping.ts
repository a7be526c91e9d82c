// Formatting by keys: what to put in place of the selection, and what is selected then.

export type Format = 'bold' | 'italic' | 'link'

export interface Replacement {
  /** What is replaced, as places in the text. */
  readonly from: number
  readonly to: number
  readonly by: string
  /** The selection afterwards. */
  readonly select: readonly [number, number]
}

const MARKS = { bold: '**', italic: '*' } as const

/** Doing it twice undoes it. */
export function formatted(text: string, from: number, to: number, format: Format): Replacement {
  return format === 'link' ? linked(text, from, to) : marked(text, from, to, MARKS[format])
}

function marked(text: string, from: number, to: number, mark: string): Replacement {
  const chosen = text.slice(from, to)
  const { length } = mark
  const outside = [text.slice(0, from), text.slice(to)] as const
  if (isMarked(outside[0], outside[1], mark)) {
    return { from: from - length, to: to + length, by: chosen, select: [from - length, to - length] }
  }
  // White space inside the marks would keep them from being marks.
  const [, before = '', inner = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(chosen) ?? []
  const start = from + before.length + length
  return { from, to, by: before + mark + inner + mark + after, select: [start, start + inner.length] }
}

/** `**` around the selection is bold, and not twice italic. */
function isMarked(before: string, after: string, mark: string): boolean {
  const stars = Math.min(/\**$/.exec(before)?.[0].length ?? 0, /^\**/.exec(after)?.[0].length ?? 0)
  return mark.length === 2 ? stars >= 2 : stars % 2 === 1
}

function linked(text: string, from: number, to: number): Replacement {
  const chosen = text.slice(from, to)
  const isAddress = /^https?:\/\/\S+$/.test(chosen)
  const by = isAddress ? `[](${chosen})` : `[${chosen}](https://)`
  if (isAddress || chosen === '') return { from, to, by, select: [from + 1, from + 1] }
  const address = from + chosen.length + 3
  return { from, to, by, select: [address, address + 'https://'.length] }
}
