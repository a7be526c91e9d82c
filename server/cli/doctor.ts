// `doctor`: tries everything that the chat would use, changes nothing, and tells what is fine and what to mend.
import { type Config, readConfig } from '../config.ts'
import { type Environment, obey, readWords } from './asked.ts'
import { lookAtAccounts } from './doctor/accounts.ts'
import { lookAtCertificate } from './doctor/certificate.ts'
import { lookAtCollector } from './doctor/collector.ts'
import { lookAtPort, lookAtPublicUrl } from './doctor/door.ts'
import { lookAtFiles } from './doctor/files.ts'
import { type Finding, fine, note } from './doctor/finding.ts'
import { lookAtFolder } from './doctor/folder.ts'
import { lookAtIssuers } from './doctor/issuers.ts'
import { lookAtRedis } from './doctor/redis.ts'
import { lookAtTickets } from './doctor/tickets.ts'
import { noting } from './noting.ts'

const MARKS = { fine: 'ok   ', note: 'note ', fault: 'FAULT' } as const

export const usage = `propromo-chat doctor

Tries every database and store, the keys, Propromo's site and others that vouch for people, the clocks, the certificate, the
port, the proxy in front of it, the collector of traces, how many files may be open, and the disk, with the settings of the
environment. Nothing is changed, and no secret is printed.
A note is worth a thought; with a FAULT the chat does not work, and the exit code is 1.`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    readWords(args, {}, [0, 0])
    const findings = await examine(env)
    for (const { mark, sentence } of findings) console.log(`${MARKS[mark]}  ${sentence}`)
    const faults = findings.filter(({ mark }) => mark === 'fault').length
    console.log(faults === 0 ? 'Nothing has to be mended' : `To be mended: ${faults}`)
    return faults === 0 ? 0 : 1
  })
}

async function examine(env: Environment): Promise<readonly Finding[]> {
  const read = new Set<string>()
  const config = readConfig(noting(env, read))
  const unset = [...read].every((name) => !env[name])
  const looks = [
    lookAtTickets(config),
    lookAtAccounts(config),
    lookAtIssuers(config),
    lookAtStorage(config),
    lookAtCertificate(config, Date.now()),
    lookAtPort(config),
    lookAtPublicUrl(config, env, Date.now),
    lookAtCollector(config),
    lookAtFiles(config),
  ]
  const first = unset
    ? note(
        'nothing is set here, so this is the chat of the demo accounts; what a service is given stands elsewhere (docs/deploy.md)',
      )
    : fine('the settings are complete')
  return [first, ...(await Promise.all(looks)).flat()]
}

async function lookAtStorage({ storage }: Config): Promise<readonly Finding[]> {
  return storage.kind === 'sqlite' ? lookAtFolder(storage.path) : lookAtRedis(storage.address)
}
