// What comes from the clipboard or is dropped: formatted text becomes markdown, and files are turned away with a word.
import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Writing } from '../state/writing.ts'
import { formattedIn, markdownOf } from '../text/pasted.ts'
import { insertIn } from './field.ts'

export interface Pasting {
  /** Whether somebody has just tried to send a file. */
  readonly hadFiles: boolean
  readonly forget: () => void
  readonly paste: (event: ClipboardEvent) => void
  readonly dragOver: (event: DragEvent) => void
  readonly drop: (event: DragEvent) => void
}

export function usePaste(field: RefObject<HTMLTextAreaElement | null>, writing: Writing): Pasting {
  const [hadFiles, setHadFiles] = useState(false)
  const paste = (event: ClipboardEvent) => {
    const { clipboardData: data, currentTarget: into } = event
    if (!data || !(into instanceof HTMLTextAreaElement)) return
    const plain = data.getData('text/plain')
    setHadFiles(plain === '' && data.files.length > 0)
    if (isInCode(into.value.slice(0, into.selectionStart))) return
    const formatted = formattedIn(data.getData('text/html'))
    if (!formatted) return
    event.preventDefault()
    // The field may be gone by then, and what the browser inserts goes to the one that has the focus: another room's.
    const put = (text: string) => (into.isConnected ? insertIn(into, text) : writing.append(text))
    markdownOf(formatted).then(
      (markdown) => put(markdown || plain),
      () => put(plain),
    )
  }
  // Without this the browser would leave the page to show the file.
  const dragOver = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  }
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    setHadFiles(true)
    field.current?.focus()
  }
  return { hadFiles, forget: () => setHadFiles(false), paste, dragOver, drop }
}

/** In a fence, everything is as it is. */
function isInCode(before: string): boolean {
  return (before.match(/^```/gm)?.length ?? 0) % 2 === 1
}
