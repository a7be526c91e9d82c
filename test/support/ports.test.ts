// Ports are given to one test only, however many processes ask, and stay its own while what listens there is started again.
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { freePort } from './ports.ts'

/** So many of so few that two who did not know of each other would be given the same again and again. */
const ASKED = 600

test('two processes that ask side by side are never given the same port', async () => {
  const script = `
    const { freePort } = await import(${JSON.stringify(join(import.meta.dir, 'ports.ts'))})
    const ports = []
    for (let turn = 0; turn < ${ASKED}; turn++) ports.push(await freePort())
    console.log(JSON.stringify(ports))
    for await (const _ of Bun.stdin.stream()) {}`
  const askers = [1, 2].map(() => Bun.spawn([process.execPath, '-e', script], { stdin: 'pipe', stdout: 'pipe' }))
  const given = await Promise.all(askers.map(async ({ stdout }) => JSON.parse(await firstLine(stdout)) as number[]))
  for (const asker of askers) await asker.stdin.end()
  await Promise.all(askers.map(({ exited }) => exited))
  expect(new Set(given.flat()).size).toBe(2 * ASKED)
})

test('a port can be listened at, left, and listened at again', async () => {
  const port = await freePort()
  for (const _ of ['first', 'again']) {
    const server = Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response('here') })
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here')
    await server.stop(true)
  }
})

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let said = ''
  for await (const bytes of stream) {
    said += new TextDecoder().decode(bytes)
    if (said.includes('\n')) return said
  }
  return said
}
