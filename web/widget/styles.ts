// The stylesheets of the widget, in every shadow root as one: a policy of the page around it has nothing to say about it.

export const sheet = new CSSStyleSheet()
const texts: string[] = []

/** Called by each stylesheet as it is loaded, which may be late. */
export function adopt(text: string): void {
  texts.push(text)
  sheet.replaceSync(texts.join('\n'))
}
