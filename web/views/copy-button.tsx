// A button that copies a text, and says that it did.
import { useEffect, useState } from 'preact/hooks'
import { spoken } from '../words/spoken.ts'
import { Glyph } from './glyph.tsx'

const words = spoken(
  { copied: 'Copied', failed: 'Could not be copied' },
  { copied: 'Kopiert', failed: 'Ließ sich nicht kopieren' },
)

const SHOWN_MILLISECONDS = 2_500

export interface CopyButtonProps {
  readonly text: string
  readonly label: string
  /** Only a picture, where the label would be too much. */
  readonly small?: boolean
}

export function CopyButton({ text, label, small = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return
    const timer = setTimeout(() => setOutcome(null), SHOWN_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = async () => {
    setOutcome(null)
    setOutcome((await copied(text)) ? 'copied' : 'failed')
  }
  const said = outcome === null ? '' : words.value[outcome]
  return (
    <>
      <button type="button" class={small ? 'icon' : 'second'} aria-label={label} title={label} onClick={copy}>
        <Glyph name={outcome === 'copied' ? 'check' : 'copy'} />
        {!small && <span>{said || label}</span>}
      </button>
      <span class="visually-hidden" role="status">
        {said}
      </span>
    </>
  )
}

/** A page that came without TLS has no clipboard. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
