// The examples in our own documents, taken out so that they can be run.

export interface Example {
  /** What stands right before it. */
  readonly prose: string
  readonly code: string
}

/** Every fenced block of `language`, in order. */
export function examplesOf(markdown: string, language: string): readonly Example[] {
  const fenced = new RegExp(`(?:^|\\n\\n)((?:(?!\\n\\n|\`\`\`).)*)\\n\\n\`\`\`${language}\\n(.*?)\\n\`\`\``, 'gs')
  return [...markdown.matchAll(fenced)].map(([, prose = '', code = '']) => ({ prose, code }))
}

/** The examples from the one that holds `first` on, as one script for the server at `origin` instead of the usual address. */
export function scriptFrom(examples: readonly Example[], first: string, origin: string): string {
  const start = examples.findIndex(({ code }) => code.includes(first))
  if (start < 0) throw new Error(`no example holds ${JSON.stringify(first)}`)
  const script = examples.slice(start).map(({ code }) => code)
  return script.join('\n').replaceAll('127.0.0.1:1993', new URL(origin).host)
}
