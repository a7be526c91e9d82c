// Emoji by their German names, made while the page is bundled, and loaded when somebody looks for one.
import { slimEmoji } from './slim.ts' with { type: 'macro' }

export const lines: string = slimEmoji('de')
