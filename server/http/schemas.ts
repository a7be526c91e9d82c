// The shapes of what comes in and what goes out over HTTP. They check the input, and the API's description is made from them.
import { z } from 'zod'
import { STATUS } from '../../protocol/refusal.ts'

const monitorId = z.string().nullish().describe('Limits the ticket to one room. A whole join link will do as well.')

export const LoginBody = z
  .object({
    email: z.string().nullish().describe('The email of a Propromo account, compared exactly.'),
    password: z.string().nullish().describe('Its password, at most 72 bytes of UTF-8.'),
    monitor_id: monitorId,
    remember: z.string().nullish().describe('"token" puts the sign-in secret into the answer, instead of a cookie.'),
  })
  .meta({ id: 'LoginBody', required: ['email', 'password'] })

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export const TicketBody = z
  .object({
    monitor_id: monitorId,
    grant_type: z
      .literal(JWT_BEARER)
      .nullish()
      .describe('For a server that vouches for somebody (RFC 7523), instead of a sign-in.'),
    assertion: z.string().nullish().describe('With grant_type: the JWT that says who it is.'),
  })
  .meta({ id: 'TicketBody' })

export const LogoutBody = z
  .object({
    everywhere: z
      .union([z.boolean(), z.enum(['true', 'false'])])
      .nullish()
      .describe('true ends every sign-in of the account, on every device. In a form: "true".'),
  })
  .meta({ id: 'LogoutBody' })

const date = z.string().describe('UTC, without a fraction of a second: 2026-05-04T09:30:00Z')

export const ChatAnswer = z
  .strictObject({
    monitor_hash: z.string().describe('The id of the room.'),
    organization_name: z.string().nullable(),
    type: z.string().describe('ORGANIZATION or USER.'),
    title: z.string().nullable(),
    short_description: z.string().nullable(),
    public: z.boolean().nullable(),
    created_at: date.nullable(),
    updated_at: date.nullable(),
    project_url: z.string().nullable(),
  })
  .meta({ id: 'Chat' })

export const AdmissionAnswer = z
  .object({
    token: z.string().describe('The ticket: a JWT that opens each of the chats once.'),
    expires_at: date,
    chats: z.array(ChatAnswer),
    sign_in: z.string().optional().describe('The sign-in secret, if it was asked for with "remember": "token".'),
  })
  .meta({ id: 'Admission' })

export const RefusalAnswer = z
  .object({
    success: z.literal(false),
    code: z.enum(Object.keys(STATUS) as (keyof typeof STATUS)[]),
    message: z.string().describe('One sentence for a person.'),
  })
  .meta({ id: 'Refusal' })

export const SignInsAnswer = z
  .object({
    sign_ins: z
      .array(
        z.object({
          id: z.string(),
          started_at: date.nullable(),
          last_used_at: date,
          address: z.string().nullable().describe('Where it was started from.'),
          device: z.string().nullable().describe('A coarse label, such as Firefox on Windows.'),
          current: z.boolean().describe('Whether it is the one that asks.'),
        }),
      )
      .describe('The one that asks first, then those used last.'),
  })
  .meta({ id: 'SignIns' })

export const DoneAnswer = z.object({ success: z.literal(true) }).meta({ id: 'Done' })
