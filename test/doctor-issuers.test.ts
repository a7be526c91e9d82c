// `propromo-chat doctor` where others vouch for people with keys at an address: whether the chat could have them, and use them.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CommandLine } from './support/command-line.ts'
import { freePort } from './support/ports.ts'
import { ISSUER, rsaPair } from './support/vouching.ts'

const SECRET = 'Eulenspiegel-92'

let line: CommandLine
let issuer: Bun.Server<undefined>
let answer: () => Response
beforeAll(() => {
  line = new CommandLine()
  issuer = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => answer() })
})
afterAll(async () => {
  line.remove()
  await issuer.stop(true)
})

async function doctor(keysAt = `${issuer.url.href}keys.json?token=${SECRET}`) {
  const { exitCode, out } = await line.run('doctor', {
    PORT: String(await freePort()),
    TICKET_ISSUERS: `${ISSUER}=${keysAt}`,
  })
  expect(out).not.toContain(SECRET)
  return { exitCode, out }
}

test('a key set with a key that can be used is fine, whatever else stands in it', async () => {
  const jwk = rsaPair().publicKey.export({ format: 'jwk' })
  answer = () => Response.json({ keys: [jwk, { kty: 'oct', k: SECRET }, { kty: 'of tomorrow' }] })
  const { exitCode, out } = await doctor()
  expect(out).toContain(`ok     the key set of ${ISSUER} can be had, with 1 key that can be used\n`)
  expect(exitCode).toBe(0)
})

test('a key set that cannot be had, is none, or has no key that can be used is a fault, with its variable and address', async () => {
  const found: readonly (readonly [() => Response, string])[] = [
    [() => new Response(SECRET, { status: 404 }), 'cannot be had (404)'],
    [() => Response.redirect('https://elsewhere.example', 302), 'cannot be had (302)'],
    [() => new Response(`<h1>${SECRET}</h1>`), 'is no key set'],
    [() => Response.json({ keys: SECRET }), 'is no key set'],
    [() => Response.json({ keys: [{ kty: 'oct', k: SECRET }] }), 'no key in the key set'],
  ]
  for (const [next, trouble] of found) {
    answer = next
    const { exitCode, out } = await doctor()
    const told = out.split('\n').find((each) => each.startsWith('FAULT  TICKET_ISSUERS: '))
    expect(told).toContain(trouble)
    expect(told).toEndWith(`its address is ${issuer.url.href}keys.json`)
    expect(exitCode).toBe(1)
  }
  const nowhere = `http://127.0.0.1:${await freePort()}/keys.json`
  expect((await doctor(nowhere)).out).toContain('cannot be had (ECONNREFUSED)')
})
