// What every reader of Propromo's accounts has to do, wherever their tables are: passwords as Laravel keeps them, rooms as they are now.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Chat } from '../../protocol/chat.ts'
import type { Accounts } from './accounts.ts'

export interface AccountsUnderTest {
  readonly accounts: Accounts
  /** Changes Propromo's tables, as Propromo does. */
  change(sql: string): Promise<unknown>
  close(): Promise<void>
}

const CUSTOMER = 'customer@example.com'
const [RENE, KAETHE, TOMASZ, FROM_GITHUB] = ['1', '2', '3', '4'] as const
const BAKERY = 'w32tgse'
const RAILWAY =
  'JGFyZ29uMmlkJHY9MTkkbT01MTYsdD0yLHA9MiRmd1ZVMS9oY1VpSDZiOVEwWS9xRERBJDN0WXdmVlJ2cmNFRHdaL0dQVkpxMkoxRFNsRXh3L0xTWHh6bU1FajFEWTg%3D'
/** A room of which Propromo knows no more than it has to. */
const BARE = {
  monitor_hash: BAKERY,
  type: 'ORGANIZATION',
  organization_name: null,
  title: null,
  short_description: null,
  public: null,
  created_at: null,
  updated_at: null,
  project_url: null,
} satisfies Chat
const NULLABLE = Object.entries(BARE).flatMap(([column, value]) => (value === null ? [column] : []))
const NO_IDS = ['', 'abc', '-1', '1.0', '1e3', ' 1', '0x1', '1; DROP TABLE users', "1' OR '1'='1", '9'.repeat(40), '１']

/** `make` gives the accounts of dummy/test.sql. */
export function accountsContract(name: string, make: () => Promise<AccountsUnderTest>): void {
  describe(`accounts in ${name}`, () => {
    let accounts: Accounts
    let under: AccountsUnderTest

    beforeEach(async () => {
      under = await make()
      accounts = under.accounts
    })
    afterEach(() => under.close())

    /** Of each the least work of some tries in turns, in microseconds of a processor: whatever else the machine does is not counted. */
    const leastWork = async (...logins: readonly (readonly [email: string, password: string])[]) => {
      const times = logins.map(() => Number.POSITIVE_INFINITY)
      for (let turn = 0; turn < 12; turn++) {
        for (const [index, [email, password]] of logins.entries()) {
          const before = process.cpuUsage()
          await accounts.authenticate(email, password)
          const { user, system } = process.cpuUsage(before)
          times[index] = Math.min(times[index] ?? 0, user + system)
        }
      }
      return times
    }
    /** Gives every account the same hash, or the one with this id alone. */
    const setHash = (hash: string, id?: string) =>
      under.change(`UPDATE users SET password = '${hash}' ${id === undefined ? '' : `WHERE id = ${id}`}`)
    const hashes = async (...all: readonly string[]) => {
      const found: unknown[] = []
      for (const hash of all) {
        await setHash(hash, KAETHE)
        found.push((await accounts.authenticate(CUSTOMER, 'secret'))?.email)
      }
      return found
    }

    describe('passwords', () => {
      test('[L2] the right password is somebody, with what the chat shows of them', async () => {
        expect(await accounts.authenticate(CUSTOMER, 'password')).toEqual({
          id: KAETHE,
          email: CUSTOMER,
          name: 'Käthe Grüßmehl',
          passwordMark: expect.stringMatching(/^\S{16,}$/),
        })
      })

      test('[L4] a wrong password and any other email are nobody', async () => {
        await setHash(hashOf('secret'))
        const others = [
          'Customer@example.com',
          `${CUSTOMER} `,
          'customer@example_com',
          '%',
          "' OR 1=1 --",
          '\ud800',
          '',
        ]
        for (const email of [...others, `${CUSTOMER}\u0000`, `${'x'.repeat(10_000)}@example.com`]) {
          expect(await accounts.authenticate(email, 'secret')).toBeNull()
        }
        for (const password of ['Secret', 'secret ', 'secret\u0000', '', hashOf('secret'), 'x'.repeat(100_000)]) {
          expect(await accounts.authenticate(CUSTOMER, password)).toBeNull()
        }
        expect(await accounts.authenticate(CUSTOMER, 'secret')).not.toBeNull()
      })

      test('[L5] 72 bytes are a password, and what is longer is wrong, also where bcrypt would not notice', async () => {
        for (const longest of ['x'.repeat(72), 'ö'.repeat(36), '😀'.repeat(18)]) {
          await setHash(hashOf(longest))
          expect(await accounts.authenticate(CUSTOMER, longest)).not.toBeNull()
          expect(await accounts.authenticate(CUSTOMER, `${longest}x`)).toBeNull()
          expect(await accounts.authenticate(CUSTOMER, `${longest}ö and more`)).toBeNull()
        }
        await setHash(hashOf('x'.repeat(73))) // Whatever made it thought that this could be a password.
        expect(await accounts.authenticate(CUSTOMER, 'x'.repeat(73))).toBeNull()
      })

      test('[L5] $2y$, $2a$ and $2b$ are one and the same', async () => {
        const rest = hashOf('secret').slice(4)
        expect(await hashes(`$2y$${rest}`, `$2a$${rest}`, `$2b$${rest}`)).toEqual([CUSTOMER, CUSTOMER, CUSTOMER])
      })

      test('[L5] an account whose password is kept in another way is nobody, and nothing breaks of it', async () => {
        await setHash(hashOf('secret'))
        const argon = Bun.password.hashSync('secret', { algorithm: 'argon2id', memoryCost: 8, timeCost: 1 })
        const cut = hashOf('secret').slice(0, -1)
        const endless = `$2y$31$${'a'.repeat(53)}` // Would keep a processor busy for days.
        const garbage = [
          '',
          'secret',
          '!',
          '*',
          '$2y$',
          '$2y$04$',
          `${cut}`,
          `${cut}!`,
          '$1$abcdefgh$abcdefghijklmnopqrstuv',
          '😀',
          endless,
        ]
        for (const found of await hashes(argon, ...garbage)) expect(found).toBeUndefined()
        expect(await hashes(hashOf('secret'))).toEqual([CUSTOMER])
      })

      test('[L4] whoever is wrong waits equally long, whatever it is that is wrong', async () => {
        await setHash(hashOf('secret', 7))
        await setHash('no hash at all', TOMASZ)
        const [wrongPassword = 0, ...others] = await leastWork(
          [CUSTOMER, 'wrong'],
          ['nobody@example.com', 'secret'],
          ['nobody\u0000', 'secret'],
          ['outsider@example.com', 'secret'],
          [CUSTOMER, 'x'.repeat(73)],
        )
        for (const time of others) expect(time / wrongPassword).toBeWithin(0.4, 2.5)
      })

      test('[L9] the mark of a password changes with it, and with nothing else', async () => {
        const mark = async () => (await accounts.find(KAETHE))?.passwordMark
        const before = await mark()
        await under.change(`UPDATE users SET name = 'Käthe Korn', email = 'k@example.com' WHERE id = ${KAETHE}`)
        expect(await mark()).toBe(before)
        const hash = hashOf('secret')
        await setHash(hash, KAETHE)
        const after = await mark()
        expect(after).not.toBe(before)
        expect(hash).not.toContain(after ?? hash)
        await setHash(hashOf('secret'), KAETHE) // The same password, hashed anew, was set anew.
        expect(await mark()).not.toBe(after)
      })
    })

    describe('accounts', () => {
      test('[L11] an account is found by exactly its email, whatever its password is', async () => {
        await setHash('no hash at all', TOMASZ)
        const email = 'outsider@example.com'
        expect(await accounts.findByEmail(email)).toMatchObject({ id: TOMASZ, email })
        for (const other of ['Outsider@example.com', `${email} `, `${email}\u0000`, '%', '', "' OR 1=1 --", '\ud800']) {
          expect(await accounts.findByEmail(other)).toBeNull()
        }
      })

      test('an account is found by its id as it is now, and what is no id is nobody', async () => {
        expect(await accounts.find(KAETHE)).toMatchObject({ id: KAETHE, email: CUSTOMER })
        await under.change(`UPDATE users SET name = 'Käthe Korn' WHERE id = ${KAETHE}`)
        expect(await accounts.find(KAETHE)).toMatchObject({ name: 'Käthe Korn' })
        for (const id of ['999', ...NO_IDS]) expect(await accounts.find(id)).toBeNull()
      })
    })

    describe('rooms', () => {
      const roomsOf = async (id: string) => (await accounts.memberships(id)).map(({ chat }) => chat.monitor_hash)
      const join = (id: number, monitor: number, user: string) =>
        under.change(`INSERT INTO monitor_user (id, monitor_id, user_id) VALUES (${id}, ${monitor}, ${user})`)

      test('[L2] a room is told with nine fields, its dates in UTC without a fraction', async () => {
        const [bakery, railway] = await accounts.memberships(RENE)
        expect(bakery).toEqual({
          monitorId: '1',
          chat: {
            monitor_hash: BAKERY,
            organization_name: 'grussmehl-online',
            type: 'ORGANIZATION',
            title: 'Grüßmehl bakery: web shop',
            short_description:
              'Order bread, rolls and cakes online, choose a time, fetch them in the café or have them delivered.',
            public: true,
            created_at: '2026-02-09T08:12:40Z',
            updated_at: '2026-10-16T05:00:12Z',
            project_url: 'https://github.com/orgs/grussmehl-online/projects/3',
          },
        })
        expect(railway?.chat).toMatchObject({ public: false, organization_name: null, short_description: null })
      })

      test('[L2] what Propromo left empty is null, each field by itself', async () => {
        await under.change(`UPDATE monitors SET ${NULLABLE.map((column) => `${column} = NULL`).join(', ')}`)
        expect(await accounts.memberships(KAETHE)).toEqual([{ monitorId: '1', chat: BARE }])
      })

      test('[L2] columns that an old database lacks are null, and everything else is as ever', async () => {
        for (const column of NULLABLE) await under.change(`ALTER TABLE monitors DROP COLUMN ${column}`)
        expect(await accounts.memberships(KAETHE)).toEqual([{ monitorId: '1', chat: BARE }])
        expect((await accounts.membership(RENE, [RAILWAY]))?.membership.chat.type).toBe('USER')
      })

      test('[L2] each room comes once, first joined first, however often it was joined', async () => {
        expect(await roomsOf(RENE)).toEqual([BAKERY, RAILWAY])
        expect(await roomsOf(KAETHE)).toEqual([BAKERY])
        await join(10, 2, TOMASZ)
        await join(11, 1, TOMASZ)
        await join(12, 2, TOMASZ)
        expect(await roomsOf(TOMASZ)).toEqual([RAILWAY, BAKERY])
        await under.change(`UPDATE monitors SET monitor_hash = '${BAKERY}'`)
        expect(await roomsOf(RENE)).toEqual([BAKERY])
      })

      test('[T4] membership is read afresh each time', async () => {
        expect(await roomsOf(TOMASZ)).toEqual([])
        expect(await accounts.membership(TOMASZ, [BAKERY])).toBeNull()
        await join(10, 1, TOMASZ)
        expect(await roomsOf(TOMASZ)).toEqual([BAKERY])
        expect(await accounts.membership(TOMASZ, [BAKERY])).toMatchObject({ account: { id: TOMASZ } })
        await under.change(`DELETE FROM monitor_user WHERE user_id = ${TOMASZ}`)
        expect(await accounts.membership(TOMASZ, [BAKERY])).toBeNull()
      })

      test('[C2] of the candidates the first that is a room decides, also against whoever belongs to the next', async () => {
        expect(await accounts.membership(RENE, ['nowhere', RAILWAY, BAKERY])).toMatchObject({
          account: { id: RENE, email: 'scrum.master@example.com' },
          membership: { monitorId: '2', chat: { monitor_hash: RAILWAY } },
        })
        expect(await accounts.membership(KAETHE, [RAILWAY, BAKERY])).toBeNull()
        expect(await accounts.membership(RENE, [decodeURIComponent(RAILWAY), 'W32TGSE', `${BAKERY} `])).toBeNull()
        expect(await accounts.membership(RENE, [])).toBeNull()
      })

      test('[C2] every hash that Propromo ever made names its room, and nothing else does', async () => {
        const made = [
          '$2y$12$vONVaOA1t9A51yl92Bd.veGr.HNbCZkLtVu6RJVuGpxeM65xeakzq',
          'a%2Fb%2Bc%3D',
          "it's",
          '%',
          '_',
          'ö',
        ]
        for (const hash of made) {
          await under.change(`UPDATE monitors SET monitor_hash = '${hash.replace("'", "''")}' WHERE id = 1`)
          expect((await accounts.membership(KAETHE, [hash]))?.membership.chat.monitor_hash).toBe(hash)
        }
        for (const other of ["' OR 1=1 --", '$1', '?', '\ud800', 'x'.repeat(10_000), 'O', '']) {
          expect(await accounts.membership(KAETHE, [other])).toBeNull()
        }
      })

      test('[T4] who is no account belongs nowhere', async () => {
        for (const id of ['999', ...NO_IDS]) {
          expect(await accounts.memberships(id)).toEqual([])
          expect(await accounts.membership(id, [BAKERY])).toBeNull()
        }
        await under.change(`DELETE FROM monitor_user WHERE user_id = ${KAETHE}`)
        await under.change(`DELETE FROM users WHERE id = ${KAETHE}`)
        expect(await accounts.find(KAETHE)).toBeNull()
        expect(await accounts.membership(KAETHE, [BAKERY])).toBeNull()
      })

      test('[R7] the members of a room come each once, first joined first, by whichever monitor has its hash', async () => {
        const membersOf = async (room: string) => (await accounts.members(room)).map(({ id }) => id)
        expect(await membersOf(BAKERY)).toEqual([RENE, KAETHE])
        expect(await accounts.members(BAKERY)).toContainEqual({ id: KAETHE, email: CUSTOMER, name: 'Käthe Grüßmehl' })
        await join(10, 2, TOMASZ)
        await join(11, 1, RENE)
        await under.change(`UPDATE monitors SET monitor_hash = '${BAKERY}'`)
        expect(await membersOf(BAKERY)).toEqual([RENE, KAETHE, FROM_GITHUB, TOMASZ])
        for (const room of [RAILWAY, '', '1', "' OR 1=1 --", '\ud800']) expect(await membersOf(room)).toEqual([])
      })

      test('[T4] of two monitors with one hash, belonging to either is belonging to the room', async () => {
        await under.change(`UPDATE monitors SET monitor_hash = '${BAKERY}'`)
        await join(10, 2, TOMASZ)
        expect(await accounts.membership(TOMASZ, [BAKERY])).toMatchObject({ membership: { monitorId: '2' } })
        expect(await accounts.membership(KAETHE, [BAKERY])).toMatchObject({ membership: { monitorId: '1' } })
      })
    })

    test('closing twice is harmless', async () => {
      await accounts.find(KAETHE)
      await accounts.close()
      await accounts.close()
    })
  })
}

/** As Laravel writes it, but cheap. */
function hashOf(password: string, cost = 4): string {
  return Bun.password.hashSync(password, { algorithm: 'bcrypt', cost }).replace(/^\$2b\$/, '$2y$')
}
