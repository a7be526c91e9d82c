// Code, as it was written, and a button that copies it.
import { useState } from 'preact/hooks'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'
import { useTabIndex } from './here.ts'

const words = spoken({ copy: 'Copy code', copied: 'Copied' }, { copy: 'Code kopieren', copied: 'Kopiert' })
const MOMENT_MILLISECONDS = 2_000

export function CodeBlock({ text, language }: { readonly text: string; readonly language: string }) {
  const [isCopied, setCopied] = useState(false)
  const tabIndex = useTabIndex()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      return // The browser did not allow it; the code can still be selected.
    }
    setCopied(true)
    setTimeout(() => setCopied(false), MOMENT_MILLISECONDS)
  }
  const name = isCopied ? words.value.copied : words.value.copy
  return (
    <div class="code-block" dir="ltr" data-language={language || undefined}>
      <pre>
        <code>{text}</code>
      </pre>
      <button type="button" class="icon" aria-label={name} title={name} tabIndex={tabIndex} onClick={copy}>
        <Glyph name={isCopied ? 'check' : 'copy'} />
      </button>
      <span class="visually-hidden" role="status">
        {isCopied && words.value.copied}
      </span>
    </div>
  )
}
