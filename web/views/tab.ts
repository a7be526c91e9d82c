// What the tab itself shows: the number of unread messages in its title, on its picture, and on the installed app.
import { computed, effect } from '@preact/signals'
import { account } from '../state/account.ts'
import type { RoomStore } from '../state/room.ts'
import { current, rooms } from '../state/rooms.ts'
import { notifyIn } from '../state/settings.ts'
import { tame } from '../text/plain.ts'

const NAME = 'Propromo Chat'
const ICON = '/assets/icon.svg'
const SIZE = 64
const MOST_SHOWN = 99

/** Unread messages of all rooms, as far as one wants to be told of them. */
export const unreadTotal = computed(() => rooms.value.reduce((sum, store) => sum + unreadOf(store), 0))

export function followUnread(): void {
  effect(() => {
    document.title = titleOf(unreadTotal.value, account.value ? (current.value?.chat.value.title ?? '') : '')
  })
  const picture = new Picture()
  effect(() => {
    const count = unreadTotal.value
    picture.show(labelOf(count))
    const told = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.()
    told?.catch(() => undefined) // A browser that has no place for it.
  })
}

/** `(3) Title – Propromo Chat` */
export function titleOf(count: number, room: string): string {
  const title = tame(room).slice(0, 100)
  return `${count > 0 ? `(${labelOf(count)}) ` : ''}${title ? `${title} – ` : ''}${NAME}`
}

/** Nothing for nothing; what has no room is told as `99+`. */
function labelOf(count: number): string {
  if (count > MOST_SHOWN) return `${MOST_SHOWN}+`
  return count > 0 ? String(count) : ''
}

function unreadOf(store: RoomStore): number {
  switch (notifyIn(store.id)) {
    case 'all':
      return store.unread.value.count
    case 'mentions':
      return store.mentions.value
    case 'none':
      return 0
  }
}

/** The tab's picture, with a number painted onto it. */
class Picture {
  readonly #icon = new Image(SIZE, SIZE)
  #label = ''

  async show(label: string): Promise<void> {
    if (label === this.#label) return
    this.#label = label
    const painted = label === '' ? ICON : await this.#painted(label).catch(() => ICON)
    if (label !== this.#label) return // Another number came while the icon was loading.
    const link = document.head.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (!link) return
    link.type = painted === ICON ? 'image/svg+xml' : 'image/png'
    link.href = painted
  }

  async #painted(label: string): Promise<string> {
    if (!this.#icon.src) this.#icon.src = ICON
    await this.#icon.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: SIZE, height: SIZE })
    const brush = canvas.getContext('2d')
    if (!brush) return ICON
    brush.drawImage(this.#icon, 0, 0, SIZE, SIZE)
    brush.fillStyle = '#c4291a'
    brush.beginPath()
    brush.roundRect(label.length > 1 ? 16 : 26, 24, label.length > 1 ? 48 : 38, 40, 20)
    brush.fill()
    brush.fillStyle = '#fff'
    brush.font = `bold ${label.length > 2 ? 26 : 34}px system-ui, sans-serif`
    brush.textAlign = 'center'
    brush.textBaseline = 'middle'
    brush.fillText(label, label.length > 1 ? 40 : 45, 46)
    return canvas.toDataURL('image/png')
  }
}
