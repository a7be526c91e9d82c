// Which dialog stands over the page, if any: one at a time.
import { signal } from '@preact/signals'

export type DialogName = 'settings' | 'keys' | 'developer'

export const dialog = signal<DialogName | null>(null)
