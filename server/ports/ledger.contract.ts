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

      test('[T3] a ticket stays spent when a clock that was ahead, and took it for expired, is set back', async () => {
        const expiresAt = soon()
        await ledger.spend('jti', ROOM, expiresAt)
        under.advance(60 * MINUTE)
        await ledger.spend('other', ROOM, soon())
        under.advance(-60 * MINUTE)
        expect(await ledger.spent('jti', ROOM)).toBe(true)
        expect(await ledger.spend('jti', ROOM, expiresAt)).toBe(false)
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

      test('[L12] one secret ends every sign-in of its account, and no other account’s', async () => {
        const own = ['phone', 'tablet', 'laptop']
        const others = HOSTILE.map((account) => signIn(`secret of ${account}`, { account }))
        for (const secret of own) await ledger.startSignIn(signIn(secret))
        for (const other of others) await ledger.startSignIn(other)
        const ended = await ledger.endSignInsWith('tablet')
        expect(ended.toSorted()).toEqual(own.map((secret) => `id of ${secret}`).toSorted())
        for (const secret of own) {
          expect(await ledger.signedIn(`id of ${secret}`)).toBe(false)
          expect(await ledger.renewSignIn(secret, soon())).toBeNull()
          expect(await ledger.endSignInsWith(secret)).toEqual([])
        }
        for (const { id } of others) expect(await ledger.signedIn(id)).toBe(true)
      })

      test('[L12] what was renewed is found and ended too, and what is started afterwards stands', async () => {
        await ledger.startSignIn(signIn('phone', { expiresAt: under.now() + MINUTE }))
        await ledger.renewSignIn('phone', under.now() + 90 * MINUTE)
        under.advance(60 * MINUTE)
        await ledger.startSignIn(signIn('tablet'))
        expect((await ledger.endSignInsWith('tablet')).toSorted()).toEqual(['id of phone', 'id of tablet'])
        expect(await ledger.signedIn('id of phone')).toBe(false)
        await ledger.startSignIn(signIn('laptop'))
        expect(await ledger.signedIn('id of laptop')).toBe(true)
        expect(await ledger.endSignInsWith('laptop')).toEqual(['id of laptop'])
      })

      test('[L12] a wrong word, an expired and an ended sign-in end nothing', async () => {
        await ledger.startSignIn(signIn('stays', { expiresAt: under.now() + 3 * MINUTE }))
        await ledger.startSignIn(signIn('ended'))
        await ledger.endSignIn('ended')
        await ledger.startSignIn(signIn('expired', { expiresAt: under.now() + MINUTE }))
        under.advance(MINUTE)
        for (const word of ['', 'Stays', 'id of stays', '2', '%', 'ended', 'expired']) {
          expect(await ledger.endSignInsWith(word)).toEqual([])
        }
        expect(await ledger.signedIn('id of stays')).toBe(true)
        expect(await ledger.endSignInsWith('stays')).toEqual(['id of stays'])
      })

      test('[L12] of all devices that end every sign-in at once, while they are renewed, none is left', async () => {
        const secrets = Array.from({ length: 10 }, (_, number) => `device ${number}`)
        await Promise.all(secrets.map((secret) => ledger.startSignIn(signIn(secret))))
        const renewals = secrets.map((secret) => ledger.renewSignIn(secret, soon()))
        const endings = secrets.slice(3).map((secret) => ledger.endSignInsWith(secret))
        await Promise.all([...renewals, ...endings])
        for (const secret of secrets) {
          expect(await ledger.signedIn(`id of ${secret}`)).toBe(false)
          expect(await ledger.renewSignIn(secret, soon())).toBeNull()
        }
      })

      test('[L12] what starts while every sign-in is ended has ended, or is found the next time', async () => {
        const secrets = Array.from({ length: 50 }, (_, number) => `device ${number}`)
        await ledger.startSignIn(signIn('phone'))
        const starts = secrets.map((secret) => ledger.startSignIn(signIn(secret)))
        await Promise.all([...starts, ledger.endSignInsWith('phone')])
        await ledger.startSignIn(signIn('last'))
        await ledger.endSignInsWith('last')
        for (const secret of secrets) expect(await ledger.signedIn(`id of ${secret}`)).toBe(false)
      })
    })

    describe('the sign-ins of an account', () => {
      const start = { startedAt: 1_700_000_000_123, address: '2001:db8::1', device: "Firefox on Windows'; --" }
      const idsOf = async (account: string) => (await ledger.signInsOf(account)).map(({ id }) => id).toSorted()

      test('[L13] those that stand are listed, with where they were started if anybody noted it', async () => {
        const [noted, unnoted] = [signIn('phone'), signIn('tablet')]
        await ledger.startSignIn(noted, start)
        await ledger.startSignIn(unnoted)
        const listed = (await ledger.signInsOf('2')).toSorted((a, b) => (a.id < b.id ? -1 : 1))
        expect(listed).toEqual([
          { id: noted.id, expiresAt: noted.expiresAt, start },
          { id: unnoted.id, expiresAt: unnoted.expiresAt, start: null },
        ])
        const later = soon() + MINUTE
        await ledger.renewSignIn('phone', later)
        const renewed = (await ledger.signInsOf('2')).find(({ id }) => id === noted.id)
        expect(renewed).toEqual({ id: noted.id, expiresAt: later, start })
      })

      test('[L13] neither those of others nor those that are over are listed', async () => {
        for (const account of HOSTILE) await ledger.startSignIn(signIn(`secret of ${account}`, { account }), start)
        await ledger.startSignIn(signIn('short', { account: 'a', expiresAt: under.now() + MINUTE }), start)
        await ledger.startSignIn(signIn('ended', { account: 'a' }), start)
        await ledger.endSignIn('ended')
        under.advance(MINUTE)
        for (const account of HOSTILE) expect(await idsOf(account)).toEqual([`id of secret of ${account}`])
        expect(await idsOf('nobody')).toEqual([])
      })

      test('[L13] one of them is ended by its id, and the others stand', async () => {
        for (const secret of ['phone', 'tablet']) await ledger.startSignIn(signIn(secret), start)
        expect(await ledger.endSignInOf('2', 'id of phone')).toBe(true)
        expect(await ledger.signedIn('id of phone')).toBe(false)
        expect(await ledger.renewSignIn('phone', soon())).toBeNull()
        expect(await ledger.endSignInOf('2', 'id of phone')).toBe(false)
        expect(await idsOf('2')).toEqual(['id of tablet'])
        expect(await ledger.signedIn('id of tablet')).toBe(true)
      })

      test('[L13] nobody ends what is not theirs, and no word that is not its id ends one', async () => {
        await ledger.startSignIn(signIn('phone'))
        await ledger.startSignIn(signIn('short', { expiresAt: under.now() + MINUTE }))
        under.advance(MINUTE)
        expect(await ledger.endSignInOf('2', 'id of short')).toBe(false)
        for (const account of HOSTILE) expect(await ledger.endSignInOf(account, 'id of phone')).toBe(false)
        for (const id of ['', 'phone', '%', 'id of', ...HOSTILE]) expect(await ledger.endSignInOf('2', id)).toBe(false)
        expect(await ledger.signedIn('id of phone')).toBe(true)
      })

      test('[L13] of many who end one at once, while it is renewed, it is over, and one has ended it', async () => {
        await ledger.startSignIn(signIn('phone'), start)
        const renewals = hundred(() => ledger.renewSignIn('phone', soon()))
        const ended = await Promise.all(hundred(() => ledger.endSignInOf('2', 'id of phone')))
        await Promise.all(renewals)
        expect(ended.filter(Boolean)).toHaveLength(1)
        expect(await ledger.signedIn('id of phone')).toBe(false)
        expect(await idsOf('2')).toEqual([])
      })
    })

    describe('tallies', () => {
      const counts = async (...subjects: string[]) => (await ledger.tallies(subjects)).map(({ count }) => count)

      test('[L6] a hundred counted at once are a hundred', async () => {
        const told = await Promise.all(hundred(() => ledger.count('login', MINUTE)))
        expect(await counts('login')).toEqual([100])
        expect(told.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(hundred((index) => index + 1))
      })

      test('[L6] whoever counts is told how many that makes, and until when', async () => {
        const until = under.now() + MINUTE
        expect(await ledger.count('login', MINUTE)).toEqual({ count: 1, until })
        under.advance(10)
        expect(await ledger.count('login', 5 * MINUTE)).toEqual({ count: 2, until })
        under.advance(MINUTE)
        expect(await ledger.count('login', 10)).toEqual({ count: 1, until: under.now() + 10 })
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

      test('[L6] after the clock was set back, what was counted later than now counts no longer, and counting begins anew', async () => {
        for (let turn = 0; turn < 5; turn++) await ledger.count('login', MINUTE)
        await ledger.count('known', 30 * 24 * 60 * MINUTE)
        under.advance(-24 * 60 * MINUTE)
        expect(await ledger.tallies(['login', 'known'])).toEqual([1, 2].map(() => ({ count: 0, until: under.now() })))
        const until = under.now() + MINUTE
        expect(await ledger.count('login', MINUTE)).toEqual({ count: 1, until })
        expect(await ledger.count('login', MINUTE)).toEqual({ count: 2, until })
        under.advance(MINUTE)
        expect(await counts('login')).toEqual([0])
      })

      test('[L6] clocks of processes that differ a little make no window begin anew', async () => {
        const until = under.now() + MINUTE
        await ledger.count('login', MINUTE)
        under.advance(-MINUTE / 2)
        expect(await ledger.tallies(['login'])).toEqual([{ count: 1, until }])
        expect(await ledger.count('login', MINUTE)).toEqual({ count: 2, until })
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

function hundred<Made>(make: (index: number) => Made): Made[] {
  return Array.from({ length: 100 }, (_, index) => make(index))
}
