// <propromo-chat>: one room in somebody else's page. What is here is what docs/embed.md describes.
import '../views/base.css'
import { render } from 'preact'
import { type Language, settings } from '../state/settings.ts'
import { followDay } from '../words/today.ts'
import { Sitting } from './sitting.ts'
import { sheet } from './styles.ts'
import { type Ticket, ticketsAt } from './tickets.ts'
import { Widget } from './view.tsx'

const HOME = new URL(import.meta.url).origin

class PropromoChat extends HTMLElement {
  static readonly observedAttributes = ['monitor', 'server', 'ticket-url', 'lang']
  #ticket: Ticket | null = null
  #sitting: Sitting | null = null
  #isDue = false
  /** What the present sitting was made of: another one begins only where that has changed. */
  #way = ''
  #asks: Ticket | null = null

  /** A fresh ticket for the room; asked before every connection, because each opens it once. */
  get ticket(): Ticket | null {
    return this.#ticket
  }

  set ticket(ticket: Ticket | null) {
    this.#ticket = typeof ticket === 'function' ? ticket : null
    this.#changeSoon()
  }

  connectedCallback(): void {
    this.#takeEarlyTicket()
    if (!this.shadowRoot) this.attachShadow({ mode: 'open', delegatesFocus: true }).adoptedStyleSheets = [sheet]
    this.#changeSoon()
  }

  disconnectedCallback(): void {
    this.#changeSoon()
  }

  attributeChangedCallback(name: string): void {
    if (name === 'lang') speak(this)
    else this.#changeSoon()
  }

  /** Once for all that changes in one go; what is only moved in its page is not left. */
  #changeSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      this.#change()
    })
  }

  #change(): void {
    const root = this.shadowRoot
    if (!root) return
    const [server, monitor] = [this.getAttribute('server') || HOME, this.getAttribute('monitor') ?? '']
    const url = this.getAttribute('ticket-url')
    const way = this.isConnected ? JSON.stringify([server, monitor, url]) : ''
    if (way === this.#way && this.#asks === this.#ticket && way !== '') return
    this.#way = way
    this.#asks = this.#ticket
    this.#sitting?.close()
    this.#sitting = null
    if (this.isConnected) this.#begin(root, originOf(server), monitor, url)
    else render(null, root)
  }

  #begin(root: ShadowRoot, server: string, monitor: string, url: string | null): void {
    speak(this)
    const ticket = this.#ticket ?? (url === null ? null : ticketsAt(url))
    if (monitor !== '' && ticket) this.#sitting = new Sitting({ server, monitor, ticket }, this.#told)
    render(<Widget sitting={this.#sitting} lacks={monitor === '' ? 'no_monitor' : 'no_ticket_given'} />, root)
  }

  readonly #told = {
    unread: (count: number) => this.#tell('propromo-unread', { count }),
    ended: (code: string) => this.#tell('propromo-ended', { code }),
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  /** A page may have set it before this script came, and then it hides the property. */
  #takeEarlyTicket(): void {
    if (!Object.hasOwn(this, 'ticket')) return
    const early = this.ticket
    Reflect.deleteProperty(this, 'ticket')
    this.ticket = early
  }
}

/** `https://chat.example.com/` is the same place, and a path is none. */
function originOf(server: string): string {
  try {
    return new URL(server, location.href).origin
  } catch {
    return HOME
  }
}

/** As the element says, or what is around it. There is one language for all widgets of a page: that of the one set last. */
function speak(element: HTMLElement): void {
  const said = element.closest('[lang]')?.getAttribute('lang')?.toLowerCase().split('-')[0]
  const language: Language | null = said === 'de' || said === 'en' ? said : null
  if (settings.peek().language !== language) settings.value = { ...settings.peek(), language }
}

// A page may have the script twice.
if (!customElements.get('propromo-chat')) {
  customElements.define('propromo-chat', PropromoChat)
  followDay()
}
