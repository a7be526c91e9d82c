// What the page says, in both languages side by side, so that neither can miss a sentence.
import { computed, type ReadonlySignal } from '@preact/signals'
import { language, locale } from '../state/settings.ts'

/** The words in the language that is spoken now. The German ones have the shape of the English ones. */
export function spoken<Words>(en: Words, de: NoInfer<Words>): ReadonlySignal<Words> {
  return computed(() => (language.value === 'de' ? de : en))
}

/** `one` for 1, else `many`. */
export function counted(count: number, one: string, many: string): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale.value).format(value)
}
