// Every reason not to let somebody in, as a plain request is told and as a v1 socket is.
import { claims, hmac, jwt, partsOf, withClaim } from './forging.ts'
import { CUSTOMER, Person, post, ROOM } from './people.ts'
import { V1Socket } from './v1.ts'
import type { V1Place } from './v1-place.ts'

export interface Reason {
  readonly what: string
  /** Status and code (rules E1 and T2 to T4). */
  readonly status: string
  /** Close code and its reason (table X). */
  readonly close: string
  readonly room?: string
  readonly headers?: Readonly<Record<string, string>>
  /** One that is refused for this reason. */
  ticket(): Promise<string>
}

/** For a server that signs with this base64 secret. */
export function refusals({ server, people }: V1Place, secret: string): readonly Reason[] {
  const { customer, scrumMaster } = people
  const someTicket = () => customer.ticket()
  return [
    {
      what: 'altered',
      status: '401 ticket_invalid',
      close: '4501 ticket_invalid',
      ticket: async () => withClaim(await customer.ticket(), 'sub', '1'),
    },
    {
      what: 'nonsense',
      status: '401 ticket_invalid',
      close: '4501 ticket_invalid',
      ticket: async () => 'a.b.c',
    },
    {
      what: 'expired',
      status: '401 ticket_expired',
      close: '4010 ticket_expired',
      ticket: async () => {
        const { header, payload } = partsOf(await customer.ticket())
        return jwt(header, claims(String(payload['sub']), CUSTOMER, -1), hmac(Buffer.from(secret, 'base64')))
      },
    },
    {
      what: 'spent',
      status: '403 ticket_spent',
      close: '4011 ticket_spent',
      ticket: async () => {
        const ticket = await customer.ticket()
        await V1Socket.open(server, ROOM, ticket)
        return ticket
      },
    },
    { what: 'no such room', status: '403 no_access', close: '4503 no_access', room: 'nowhere', ticket: someTicket },
    { what: 'no member', status: '403 no_access', close: '4503 no_access', room: 'lobby', ticket: someTicket },
    {
      what: 'of one room, used for another',
      status: '403 no_access',
      close: '4503 no_access',
      ticket: async () => scrumMaster.ticket(scrumMaster.chats[1]?.monitor_hash),
    },
    {
      what: 'signed out',
      status: '401 signed_out',
      close: '4502 signed_out',
      ticket: async () => {
        const person = await Person.logIn(server, CUSTOMER)
        const ticket = await person.ticket()
        await post(server, '/logout', undefined, { Authorization: `Bearer ${person.signIn}` })
        return ticket
      },
    },
    {
      what: 'a page of another site',
      status: '403 origin_refused',
      close: '4504 origin_refused',
      headers: { Origin: 'https://elsewhere.example' },
      ticket: someTicket,
    },
  ]
}
