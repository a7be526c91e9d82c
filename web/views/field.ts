// Writing into a text field on somebody's behalf, as if they had typed it.

/** Undoable where the browser can, and told as input like every key stroke. */
export function replaceIn(field: HTMLTextAreaElement, from: number, to: number, by: string): void {
  field.focus()
  field.setSelectionRange(from, to)
  if (from === to && by === '') return
  // Deprecated, and the only way that leaves the undo history whole.
  const done = by === '' ? document.execCommand('delete') : document.execCommand('insertText', false, by)
  if (done) return
  field.setRangeText(by, from, to, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertReplacementText' }))
}

/** In place of what is selected. */
export function insertIn(field: HTMLTextAreaElement, text: string): void {
  replaceIn(field, field.selectionStart, field.selectionEnd, text)
}

/** There the command key formats, the control key moves the caret, and so does Alt. */
export const IS_APPLE = /^(?:Mac|iP)/.test(navigator.platform)

const GROWS_BY_ITSELF = CSS.supports('field-sizing', 'content')

/** As high as its text, where the stylesheet cannot say so; the stylesheet sets the limits. */
export function fit(field: HTMLTextAreaElement): void {
  if (GROWS_BY_ITSELF) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

const touch = matchMedia('(pointer: coarse) and (hover: none)')

/** Whether keys are probably on the screen: there Enter breaks the line, because nobody can hold Shift. */
export function typesOnGlass(): boolean {
  return touch.matches
}

/** An input method is still deciding what is meant; its Enter chooses, and sends nothing. */
export function isComposed(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}
