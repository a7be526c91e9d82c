// A button that goes away when it is pressed hands the focus on first: whoever uses the keyboard stays where they were.

interface Pressed {
  readonly currentTarget: HTMLElement
}

/** To the message that the button belongs to. */
export function toMessage({ currentTarget }: Pressed): void {
  handOn(currentTarget, currentTarget.closest('article'))
}

/** To the message before it, or else after it: for a message that goes away as well. */
export function toNeighbour({ currentTarget }: Pressed): void {
  const all = [...(currentTarget.closest('.timeline')?.querySelectorAll('article') ?? [])]
  const at = all.findIndex((article) => article.contains(currentTarget))
  handOn(currentTarget, all[at - 1] ?? all[at + 1] ?? fieldNear(currentTarget))
}

/** To where Tab leads among the messages, or else to where one writes. */
export function toMessages({ currentTarget }: Pressed): void {
  const stop = currentTarget
    .closest('.timeline, .connection')
    ?.parentElement?.querySelector('.timeline li [tabindex="0"]')
  handOn(currentTarget, stop ?? fieldNear(currentTarget))
}

/** To the same button of the item after it in the list, or else before it, or else to the heading of the panel. */
export function toNextItem({ currentTarget }: Pressed): void {
  const item = currentTarget.closest('li')
  const next = item?.nextElementSibling ?? item?.previousElementSibling
  handOn(currentTarget, next?.querySelector('.found-act') ?? currentTarget.closest('.panel')?.querySelector('h2'))
}

function fieldNear(button: HTMLElement): Element | null | undefined {
  return button.closest('.timeline, .connection')?.parentElement?.querySelector('.composer textarea')
}

/** Some browsers give a button no focus when it is clicked: then it stays, say, in the field, and the keyboard on the screen. */
function handOn(button: HTMLElement, to: Element | null | undefined): void {
  if (button.matches(':focus') && to instanceof HTMLElement) to.focus({ preventScroll: true })
}
