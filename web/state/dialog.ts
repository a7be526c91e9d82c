// Which dialog stands over the page, if any: one at a time. And that somebody wants to find a chat.
import { signal } from '@preact/signals'

export type DialogName = 'settings' | 'keys' | 'developer'

export const dialog = signal<DialogName | null>(null)

/** Another number each time that somebody wants the cursor where chats are found. */
export const finding = signal(0)
