// All emoji, by group and by name, in the language of the page.

export interface EmojiPickerProps {
  /** Called with one emoji, such as 👍. */
  readonly onPick: (emoji: string) => void
  readonly onClose: () => void
}

export function EmojiPicker(_: EmojiPickerProps) {
  return null
}
