// The command line as an operator uses it: the launcher that npx finds, in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './server.ts'

export interface Said {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

const LAUNCHER = join(import.meta.dir, '../../bin/propromo-chat.js')

export class CommandLine {
  readonly folder = mkdtempSync(join(tmpdir(), 'propromo-command-'))

  /** Nothing is in the environment but what is given here. */
  async run(words: string, environment: Environment = {}): Promise<Said> {
    const node = Bun.which('node')
    if (!node) throw new Error('there is no node here')
    const command = Bun.spawn([node, LAUNCHER, ...words.split(' ').filter(Boolean)], {
      cwd: this.folder,
      stdout: 'pipe',
      stderr: 'pipe',
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      timeout: 60_000, // Keys may take their time; a test has a limit of its own.
    })
    const [out, err, exitCode] = await Promise.all([
      new Response(command.stdout).text(),
      new Response(command.stderr).text(),
      command.exited,
    ])
    return { exitCode, out, err }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
