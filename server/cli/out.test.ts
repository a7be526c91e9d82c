// What a command gives out: all of it, or nothing that could be taken for all of it.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fill } from './out.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'propromo-out-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a file gets every piece, in order', async () => {
  const file = join(folder, 'whole')
  await fill(file, pieces(400), async () => undefined)
  expect(readFileSync(file, 'utf8')).toBe(Array.from({ length: 400 }, (_, turn) => line(turn)).join(''))
})

test('what fails in the middle leaves no half of a file in the way of the next try', async () => {
  const file = join(folder, 'cut')
  await expect(fill(file, pieces(400, 399), async () => undefined)).rejects.toThrow('gone')
  const failing = async () => {
    throw new Error('not noted')
  }
  await expect(fill(file, pieces(1), failing)).rejects.toThrow('not noted')
  expect(existsSync(file)).toBe(false)
  await fill(file, pieces(1), async () => undefined)
})

test('a file that is there already stays as it is', async () => {
  const file = join(folder, 'mine')
  writeFileSync(file, 'mine')
  await expect(fill(file, pieces(1), async () => undefined)).rejects.toThrow('EEXIST')
  expect(readFileSync(file, 'utf8')).toBe('mine')
})

async function* pieces(many: number, failsAt = many): AsyncGenerator<string> {
  for (let turn = 0; turn < many; turn++) {
    if (turn === failsAt) throw new Error('gone')
    yield line(turn)
  }
}

function line(turn: number): string {
  return `${turn} ${'x'.repeat(1_000)}\n`
}
