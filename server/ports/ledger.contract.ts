// What every ledger has to do, whatever it is kept in: each verb is one step, also when many take it at once.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Ledger, SignIn } from './ledger.ts'

export interface LedgerUnderTest {
  readonly ledger: Ledger
  /** The clock that the ledger goes by, in milliseconds since 1970. */
  now(): number
  advance(milliseconds: number): void
  close(): Promise<void>
}

const ROOM = 'w32tgse'
const MINUTE = 60_000
const HOSTILE = ['a', 'A', 'a ', 'a:b', 'a b', "a' OR 1=1", 'a\u0000', '__proto__', 'x'.repeat(5_000), '😀']

/** `make` gives an empty ledger, with a clock of its own. */
export function ledgerContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  describe(`a ledger in ${name}`, () => {
    let ledger: Ledger
    let under: LedgerUnderTest

    beforeEach(async () => {
      under = await make()
      ledger = under.ledger
    })
    afterEach(() => under.close())

    const soon = () => under.now() + 5 * MINUTE
    const signIn = (secretHash: string, more: Partial<SignIn> = {}): SignIn => ({
      id: `id of ${secretHash}`,
      secretHash,
      account: '2',
      passwordMark: 'mark',
      expiresAt: soon(),
      ...more,
    })

    describe('tickets', () => {
      test('[T3] of a hundred simultaneous tries exactly one spends the ticket', async () => {
        const won = await Promise.all(hundred(() => ledger.spend('jti', ROOM, soon())))
        expect(won.filter(Boolean)).toHaveLength(1)
        expect(await ledger.spend('jti', ROOM, soon())).toBe(false)
      })

      test('[T3] a ticket is spent for one room, and stays good for the others', async () => {
        expect(await ledger.spent('jti', ROOM)).toBe(false)
        expect(await ledger.spend('jti', ROOM, soon())).toBe(true)
        expect(await ledger.spent('jti', ROOM)).toBe(true)
        expect(await ledger.spent('jti', 'another')).toBe(false)
        expect(await ledger.spend('jti', 'another', soon())).toBe(true)
      })

      test('[T3] no ticket and no room can be made to look like another', async () => {
        const pairs = HOSTILE.flatMap((jti) => HOSTILE.map((room) => ({ jti, room })))
        const won = await Promise.all(pairs.map(({ jti, room }) => ledger.spend(jti, room, soon())))
        expect(won).toEqual(pairs.map(() => true))
        const again = await Promise.all(pairs.map(({ jti, room }) => ledger.spend(jti, room, soon())))
        expect(again).toEqual(pairs.map(() => false))
      })

      test('[T3] a ticket stays spent for as long as it lives, while others are spent and forgotten', async () => {
        const expiresAt = soon()
        await ledger.spend('jti', ROOM, expiresAt)
        for (let minute = 0; minute < 4; minute++) {
          under.advance(MINUTE)
          await ledger.spend(`other ${minute}`, ROOM, under.now() + 1)
        }
        under.advance(expiresAt - 1 - under.now())
        await ledger.spend('last', ROOM, soon())
        expect(await ledger.spend('jti', ROOM, expiresAt)).toBe(false)
        expect(await ledger.spent('jti', ROOM)).toBe(true)
      })
    })

    describe('sign-ins', () => {
      test('[L9] a sign-in is renewed by its secret, known by its id, and lives on', async () => {
        const started = signIn('secret', { expiresAt: under.now() + MINUTE })
        await ledger.startSignIn(started)
        expect(await ledger.signedIn(started.id)).toBe(true)
        const expiresAt = under.now() + 3 * MINUTE
        expect(await ledger.renewSignIn('secret', expiresAt)).toEqual({ ...started, expiresAt })
        under.advance(2 * MINUTE) // Past its first life, within its second.
        expect(await ledger.signedIn(started.id)).toBe(true)
        expect(await ledger.renewSignIn('secret', soon())).toMatchObject({ id: started.id })
      })

      test('[L9] what was never started, or is named by the wrong word, is no sign-in', async () => {
        const started = signIn('secret')
        await ledger.startSignIn(started)
        for (const word of ['', 'Secret', 'secret ', 'secret\u0000', started.id, '%', "' OR 1=1 --"]) {
          expect(await ledger.renewSignIn(word, soon())).toBeNull()
          expect(await ledger.endSignIn(word)).toBeNull()
        }
        for (const word of ['', 'secret', started.id.toUpperCase()]) expect(await ledger.signedIn(word)).toBe(false)
        expect(await ledger.renewSignIn('secret', soon())).not.toBeNull()
      })

      test('[L9] an expired sign-in is over, and renewing does not wake it', async () => {
        await ledger.startSignIn(signIn('secret', { expiresAt: under.now() + MINUTE }))
        under.advance(MINUTE)
        expect(await ledger.signedIn('id of secret')).toBe(false)
        expect(await ledger.renewSignIn('secret', soon())).toBeNull()
        expect(await ledger.endSignIn('secret')).toBeNull()
        expect(await ledger.signedIn('id of secret')).toBe(false)
      })

      test('[L9] of many who end a sign-in at once, one ends it, and it is over', async () => {
        const started = signIn('secret')
        await ledger.startSignIn(started)
        const ended = await Promise.all(hundred(() => ledger.endSignIn('secret')))
        expect(ended.filter((one) => one !== null)).toEqual([started])
        expect(await ledger.signedIn(started.id)).toBe(false)
        expect(await ledger.renewSignIn('secret', soon())).toBeNull()
      })

      test('[L9] a sign-in that is renewed while it is ended has ended', async () => {
        await ledger.startSignIn(signIn('secret'))
        await Promise.all([...hundred(() => ledger.renewSignIn('secret', soon())), ledger.endSignIn('secret')])
        await ledger.renewSignIn('secret', soon())
        expect(await ledger.signedIn('id of secret')).toBe(false)
      })

      test('[L9] two sign-ins of one account do not touch each other', async () => {
        await Promise.all([ledger.startSignIn(signIn('phone')), ledger.startSignIn(signIn('tablet'))])
        await ledger.endSignIn('phone')
        expect(await ledger.signedIn('id of phone')).toBe(false)
        expect(await ledger.renewSignIn('tablet', soon())).toMatchObject({ account: '2', passwordMark: 'mark' })
      })
    })

    describe('tallies', () => {
      const counts = async (...subjects: string[]) => (await ledger.tallies(subjects)).map(({ count }) => count)

      test('[L6] a hundred counted at once are a hundred', async () => {
        await Promise.all(hundred(() => ledger.count('login', MINUTE)))
        expect(await counts('login')).toEqual([100])
      })

      test('[L6] tallies come in the order of the question, with nothing for what was never counted', async () => {
        await ledger.count('one', MINUTE)
        await ledger.count('two', MINUTE)
        await ledger.count('two', MINUTE)
        expect(await counts('two', 'never', 'one', 'two')).toEqual([2, 0, 1, 2])
        expect(await ledger.tallies([])).toEqual([])
      })

      test('[L6] a window begins with its first count, and is not drawn out by the later ones', async () => {
        const until = under.now() + MINUTE
        await ledger.count('login', MINUTE)
        under.advance(MINUTE - 1)
        await ledger.count('login', MINUTE)
        expect(await ledger.tallies(['login'])).toEqual([{ count: 2, until }])
        under.advance(1)
        expect(await counts('login')).toEqual([0])
        await ledger.count('login', MINUTE)
        expect(await ledger.tallies(['login'])).toEqual([{ count: 1, until: until + MINUTE }])
      })

      test('[L6] what is forgotten counts from nothing, and nothing else is forgotten with it', async () => {
        await Promise.all(HOSTILE.map((subject) => ledger.count(subject, MINUTE)))
        expect(await counts(...HOSTILE)).toEqual(HOSTILE.map(() => 1))
        await ledger.forget('a')
        await ledger.forget('never')
        expect(await counts(...HOSTILE)).toEqual(HOSTILE.map((subject) => (subject === 'a' ? 0 : 1)))
        await ledger.count('a', MINUTE)
        expect(await counts('a')).toEqual([1])
      })
    })
  })
}

function hundred<Made>(make: () => Made): Made[] {
  return Array.from({ length: 100 }, make)
}
