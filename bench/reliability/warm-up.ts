// Talk before the clock starts, so that what a server keeps at hand of its rooms is full by then.
import { plainMessageIn } from './plain-message.ts'
import { emailOf, type Town } from './town.ts'
import { placeOf } from './visiting.ts'

export const TALKER = 'talker'
/** A room keeps up to 2,000 of its latest events at hand. */
const MESSAGES = 2_200
const AT_ONCE = 2

/** In every room, with the room open in every server. Gives back what lets go of the rooms, once others are in them. */
export async function warmUp({ servers }: Town, rooms: readonly string[]): Promise<() => void> {
  const talkers: WebSocket[] = []
  const listeners: WebSocket[] = []
  for (const room of rooms) {
    const [first, ...others] = servers.map(({ origin }) => placeOf(origin, room, emailOf(TALKER, room)))
    if (first) talkers.push(await opened(first))
    for (const other of others) listeners.push(await opened(other))
  }
  await Promise.all(talkers.map((talker) => talk(talker, MESSAGES)))
  return () => {
    for (const socket of [...talkers, ...listeners]) socket.close()
  }
}

export async function opened({ address, ticket }: ReturnType<typeof placeOf>): Promise<WebSocket> {
  const socket = new WebSocket(`${address}?auth=${await ticket()}`)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('cannot open the room')))
  })
  return socket
}

/** Says so many things over a socket of the plain protocol, and ends when all of them have come back. */
export function talk(socket: WebSocket, count: number): Promise<void> {
  return new Promise((resolve) => {
    let said = 0
    let heard = 0
    const say = () => {
      if (said++ < count) socket.send(`word ${said} of somebody who has much to say`)
    }
    const again = () => {
      said -= 1
      say()
    }
    const hear = ({ data }: MessageEvent) => {
      if (!plainMessageIn(String(data)))
        setTimeout(again, 100) // Refused for a moment: too fast.
      else if (++heard < count) say()
      else {
        socket.removeEventListener('message', hear)
        resolve()
      }
    }
    socket.addEventListener('message', hear)
    for (let ahead = 0; ahead < AT_ONCE; ahead++) say()
  })
}
