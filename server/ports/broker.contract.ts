// What every broker of several processes has to do, whatever carries it: each hears the others, in its own rooms alone.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { RoomId } from '../../protocol/chat.ts'
import { PATIENCE_MILLISECONDS } from '../../test/support/patience.ts'
import type { Broker, Ear, Listening, Whisper } from './broker.ts'
import type { Stored } from './log.ts'

export interface BrokersUnderTest {
  /** Of three processes that share a store. */
  readonly brokers: readonly [Broker, Broker, Broker]
  /** Stores a message in the room, by some process or other. */
  store(room: RoomId, text: string): Promise<Stored>
  close(): Promise<void>
}

const ROOM = 'w32tgse'
const HOSTILE = [
  'a',
  'A',
  'a ',
  'a:b',
  'a{b}',
  '{a}',
  '{}',
  '}',
  '%7B',
  "a' OR 1=1",
  'a\u0000',
  '__proto__',
  '😀',
  '*',
  '[a]',
]
const ANN = 'ann@example.com'
const BEN = 'ben@example.com'
const TYPING: Whisper = { type: 'typing', email: ANN, on: true }
const READ: Whisper = { type: 'read', email: ANN, upto: 7 }

/** `make` gives brokers of which nobody has heard anything yet. */
export function brokerContract(name: string, make: () => Promise<BrokersUnderTest>): void {
  describe(`brokers on ${name}`, () => {
    let under: BrokersUnderTest
    let ann: Broker
    let ben: Broker
    let third: Broker

    beforeEach(async () => {
      under = await make()
      ;[ann, ben, third] = under.brokers
    })
    afterEach(() => under.close())

    describe('events', () => {
      test('[R5] what is stored after listening began is heard at every process, as it was stored', async () => {
        const listeners = await Promise.all(under.brokers.map((broker) => Listener.at(broker)))
        const stored = await under.store(ROOM, 'Hello “you” \u2028 \\ 😀')
        for (const { heard } of listeners) await eventually(() => expect(heard).toEqual([{ stored }]))
      })

      test('[R5] a process hears the rooms it listens to and no others, whatever they are called', async () => {
        const listeners = await Promise.all(HOSTILE.map((room) => Listener.at(ann, room)))
        const stored = await Promise.all(HOSTILE.map((room) => under.store(room, `in ${room}`)))
        for (const [index, { heard }] of listeners.entries()) {
          await eventually(() => expect(heard).toEqual(stored.slice(index, index + 1).map((one) => ({ stored: one }))))
        }
        await under.store('another', 'unheard')
        await saidAfterwards(listeners)
        for (const { heard } of listeners) expect(heard).toHaveLength(2)
      })

      test('[R5] two hundred rooms at once hear their own', async () => {
        const rooms = Array.from({ length: 200 }, (_, index) => `room ${index}`)
        const listeners = await Promise.all(rooms.map((room) => Listener.at(ann, room)))
        const stored = await Promise.all(rooms.map((room) => under.store(room, room)))
        for (const [index, { heard }] of listeners.entries()) {
          await eventually(() => expect(heard).toEqual(stored.slice(index, index + 1).map((one) => ({ stored: one }))))
        }
      })

      test('whoever has stopped hears nothing more, and whoever listens again does', async () => {
        const [first, other] = await Promise.all([Listener.at(ann), Listener.at(ann)])
        first.listening.stop()
        first.listening.stop()
        const stored = await under.store(ROOM, 'one')
        await eventually(() => expect(other.heard).toEqual([{ stored }]))
        other.listening.stop()
        const again = await Listener.at(ann)
        const next = await under.store(ROOM, 'two')
        await eventually(() => expect(again.heard).toEqual([{ stored: next }]))
        expect([first.heard, other.heard]).toEqual([[], [{ stored }]])
      })
    })

    describe('whispers', () => {
      test('[V7] a whisper is heard in its room at every other process, and not where it was said', async () => {
        const [here, there, beyond] = await Promise.all([Listener.at(ann), Listener.at(ben), Listener.at(third)])
        const elsewhere = await Listener.at(ben, 'another')
        here.listening.whisper(TYPING)
        here.listening.whisper(READ)
        const both = [{ whisper: TYPING }, { whisper: READ }]
        await eventually(() => expect(there.heard).toEqual(both))
        await eventually(() => expect(beyond.heard).toEqual(both))
        await saidAfterwards([here, elsewhere])
        expect(here.heard).not.toContainEqual({ whisper: TYPING })
        expect(elsewhere.heard).not.toContainEqual({ whisper: TYPING })
      })

      test('whispering after having stopped is harmless, and unheard', async () => {
        const [here, there] = await Promise.all([Listener.at(ann), Listener.at(ben)])
        here.listening.stop()
        here.listening.whisper(TYPING)
        here.listening.here(ANN, true)
        await saidAfterwards([there])
        expect(there.heard).toHaveLength(1)
        expect(there.elsewhere).toEqual([[]])
      })
    })

    describe('presence', () => {
      test('[V7] whoever listens has been told once who is elsewhere, be it nobody', async () => {
        const { elsewhere } = await Listener.at(ann)
        expect(elsewhere).toEqual([[]])
      })

      test('[V7] who is here is known at the other processes, in this room alone, until they leave', async () => {
        const [here, there, apart] = await Promise.all([
          Listener.at(ann),
          Listener.at(ben),
          Listener.at(ben, 'another'),
        ])
        here.listening.here(ANN, true)
        await eventually(() => expect(there.elsewhere).toEqual([[], [ANN]]))
        here.listening.here(BEN, true)
        await eventually(() => expect(there.elsewhere).toEqual([[], [ANN], [ANN, BEN]]))
        here.listening.here(ANN, false)
        here.listening.here(BEN, false)
        await eventually(() => expect(there.elsewhere.at(-1)).toEqual([]))
        expect(here.elsewhere).toEqual([[]])
        expect(apart.elsewhere).toEqual([[]])
      })

      test('[V7] a member at two processes is there until they have left both', async () => {
        const [one, two, watching] = await Promise.all(under.brokers.map((broker) => Listener.at(broker)))
        if (!one || !two || !watching) throw new Error('three processes were asked for')
        one.listening.here(ANN, true)
        two.listening.here(ANN, true)
        await eventually(() =>
          expect([one, two, watching].map((each) => each.elsewhere.at(-1))).toEqual([[ANN], [ANN], [ANN]]),
        )
        one.listening.here(ANN, false)
        await eventually(() => expect(two.elsewhere.at(-1)).toEqual([]))
        expect(watching.elsewhere).toEqual([[], [ANN]])
        two.listening.here(ANN, false)
        await eventually(() => expect(watching.elsewhere).toEqual([[], [ANN], []]))
      })

      test('[V7] whoever begins to listen is told who is there already', async () => {
        const here = await Listener.at(ann)
        const watching = await Listener.at(third)
        for (const email of HOSTILE) here.listening.here(email, true)
        await eventually(() => expect(watching.elsewhere.at(-1)).toEqual([...HOSTILE].sort()))
        const late = await Listener.at(ben)
        expect(late.elsewhere).toEqual([[...HOSTILE].sort()])
      })

      test('[V7] whoever stops listening takes their members along, and may bring them again', async () => {
        const [here, there] = await Promise.all([Listener.at(ann), Listener.at(ben)])
        here.listening.here(ANN, true)
        await eventually(() => expect(there.elsewhere.at(-1)).toEqual([ANN]))
        here.listening.stop()
        await eventually(() => expect(there.elsewhere.at(-1)).toEqual([]))
        const again = await Listener.at(ann)
        again.listening.here(ANN, true)
        await eventually(() => expect(there.elsewhere.at(-1)).toEqual([ANN]))
        again.listening.here(ANN, false)
      })

      test('[V7] coming and going in haste ends with what was last', async () => {
        const [here, there] = await Promise.all([Listener.at(ann), Listener.at(ben)])
        for (let turn = 0; turn < 50; turn++) here.listening.here(ANN, turn % 2 === 0)
        here.listening.here(BEN, true)
        await eventually(() => expect(there.elsewhere.at(-1)).toEqual([BEN]))
      })
    })

    describe('sign-outs', () => {
      test('[L9] a sign-in that has ended is told to every other process, whatever it listens to', async () => {
        const ended = under.brokers.map((broker) => {
          const signIns: string[] = []
          broker.onSignedOut((ended) => signIns.push(...ended))
          return signIns
        })
        await Listener.at(third)
        await eventually(() => {
          ann.signedOut(['sign-in']) // Again and again: a process hears sign-outs from a moment after its start.
          for (const signIns of ended.slice(1)) expect(signIns).toContain('sign-in')
        })
        const [mine, ...others] = ended
        ben.signedOut(["sign-in 'of ben' 😀"])
        await eventually(() => expect(mine).toEqual(["sign-in 'of ben' 😀"]))
        await eventually(() => expect(others[1]).toContain("sign-in 'of ben' 😀"))
        expect(others[0]).not.toContain("sign-in 'of ben' 😀")
      })

      test('[L12] thousands that have ended together are all told', async () => {
        const ended = new Set<string>()
        ben.onSignedOut((signIns) => {
          for (const signIn of signIns) ended.add(signIn)
        })
        const many = Array.from({ length: 3_500 }, (_, number) => `sign-in ${number}`)
        await eventually(() => {
          ann.signedOut(['sign-in'])
          expect(ended).toContain('sign-in')
        })
        ann.signedOut(many)
        ann.signedOut([])
        await eventually(() => expect([...ended]).toEqual(['sign-in', ...many]))
      })
    })

    /** Waits until something that was said later than all the rest has been heard: what came before is heard by then. */
    async function saidAfterwards(listeners: readonly Listener[]): Promise<void> {
      for (const { room, heard } of listeners) {
        const stored = await under.store(room, 'afterwards')
        await eventually(() => expect(heard).toContainEqual({ stored }))
      }
    }
  })
}

type Heard = { readonly stored: Stored } | { readonly whisper: Whisper }

/** Listens to a room, and writes down all that it is told. */
export class Listener {
  readonly room: RoomId
  readonly heard: Heard[] = []
  /** Every set that was told, each sorted. */
  readonly elsewhere: string[][] = []
  readonly listening: Listening
  timesMissed = 0

  static async at(broker: Broker, room: RoomId = ROOM): Promise<Listener> {
    const notes = { heard: [] as Heard[], elsewhere: [] as string[][], missed: () => {} }
    const ear: Ear = {
      event: (stored) => notes.heard.push({ stored }),
      whisper: (whisper) => notes.heard.push({ whisper }),
      elsewhere: (emails) => notes.elsewhere.push([...emails].sort()),
      missed: () => notes.missed(),
    }
    const listener = new Listener(room, await broker.listen(room, ear), notes)
    notes.missed = () => {
      listener.timesMissed++
    }
    return listener
  }

  private constructor(room: RoomId, listening: Listening, { heard, elsewhere }: Pick<Listener, 'heard' | 'elsewhere'>) {
    this.room = room
    this.listening = listening
    this.heard = heard
    this.elsewhere = elsewhere
  }
}

/** Asks again and again until it holds; at last says why it does not. */
export async function eventually(holds: () => void, milliseconds = PATIENCE_MILLISECONDS): Promise<void> {
  const giveUpAt = performance.now() + milliseconds
  for (;;) {
    try {
      return holds()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
    await Bun.sleep(5)
  }
}
