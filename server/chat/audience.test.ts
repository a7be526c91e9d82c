// Who hears a whisper, and how: everyone in one broadcast while all keep up, and otherwise whoever does.
import { expect, test } from 'bun:test'
import { Audience } from './audience.ts'
import { type Protocol, Session } from './session.ts'

const MOST_BACKLOG_BYTES = 1_600

function place() {
  const broadcasts: string[] = []
  const audience = new Audience('w32tgse', (topic, text) => void broadcasts.push(`${topic}: ${text}`))
  const arrive = (name: string, protocol: Protocol = 'v1') => {
    const socket = { sent: [] as string[], waiting: 0 }
    const session = new Session({
      account: name,
      member: { email: `${name}@example.com`, name },
      protocol,
      signIn: null,
      socket: {
        send: (text) => void socket.sent.push(text),
        subscribe: () => {},
        close: () => {},
        backlog: () => socket.waiting,
      },
      mostBacklogBytes: MOST_BACKLOG_BYTES,
    })
    audience.add(session)
    return { socket, session }
  }
  return { audience, broadcasts, arrive }
}

test('[V7] while everyone keeps up, a whisper is one broadcast', () => {
  const { audience, broadcasts, arrive } = place()
  const ann = arrive('ann')
  arrive('ben')
  audience.whisper('ann is here')
  expect(broadcasts).toEqual(['v1 w32tgse: ann is here'])
  expect(ann.socket.sent).toEqual([])
})

test('[V7] whoever is behind is left out, and all others hear it', () => {
  const { audience, broadcasts, arrive } = place()
  const ann = arrive('ann')
  const ben = arrive('ben')
  ben.socket.waiting = MOST_BACKLOG_BYTES / 2
  audience.whisper('ann is here')
  expect(ann.socket.sent).toEqual(['ann is here'])
  expect(ben.socket.sent).toEqual([])
  expect(broadcasts).toEqual([])
})

test('whom it is about may be left out too', () => {
  const { audience, broadcasts, arrive } = place()
  const ann = arrive('ann')
  const ben = arrive('ben')
  audience.whisper('ann types', (session) => session === ann.session)
  expect(ann.socket.sent).toEqual([])
  expect(ben.socket.sent).toEqual(['ann types'])
  expect(broadcasts).toEqual([])
})

test('[P5] whoever speaks the plain protocol hears no whispers, and keeps nobody from hearing them, however far behind', () => {
  const { audience, broadcasts, arrive } = place()
  const script = arrive('script', 'plain')
  script.socket.waiting = MOST_BACKLOG_BYTES
  audience.whisper('nobody hears')
  arrive('ann')
  audience.whisper('ann is here')
  expect(broadcasts).toEqual(['v1 w32tgse: ann is here'])
  expect(script.socket.sent).toEqual([])
})
