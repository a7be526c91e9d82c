// `doctor`: tries everything that the chat would use, changes nothing, and tells what is fine and what to mend.
import { type Config, readConfig } from '../config.ts'
import { ConfigFaults } from '../faults.ts'
import { type Command, readWords } from './command.ts'
import { lookAtAccounts } from './doctor/accounts.ts'
import { lookAtCertificate } from './doctor/certificate.ts'
import { lookAtPort, lookAtPublicUrl } from './doctor/door.ts'
import { type Finding, fault, fine } from './doctor/finding.ts'
import { lookAtFolder } from './doctor/folder.ts'
import { lookAtRedis } from './doctor/redis.ts'
import { lookAtTickets } from './doctor/tickets.ts'

const MARKS = { fine: 'ok   ', note: 'note ', fault: 'FAULT' } as const

export const command: Command = {
  usage: `propromo-chat doctor

Tries every database and store, the keys, the clocks, the certificate, the port, the proxy in front of it, and the disk,
with the settings of the environment. Nothing is changed, and no secret is printed. A note is worth a thought; with a FAULT the
chat does not work, and the exit code is 1.`,
  async run(words) {
    readWords(words, {}, 0)
    const findings = await examine()
    for (const { mark, sentence } of findings) console.log(`${MARKS[mark]}  ${sentence}`)
    const faults = findings.filter(({ mark }) => mark === 'fault').length
    console.log(faults === 0 ? 'Nothing has to be mended' : `To be mended: ${faults}`)
    return faults === 0 ? 0 : 1
  },
}

async function examine(): Promise<readonly Finding[]> {
  try {
    const config = readConfig(process.env)
    const looks = [
      lookAtTickets(config),
      lookAtAccounts(config),
      lookAtStorage(config),
      lookAtCertificate(config, Date.now()),
      lookAtPort(config),
      lookAtPublicUrl(config),
    ]
    return [fine('the settings are complete'), ...(await Promise.all(looks)).flat()]
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults.map(fault)
    throw error
  }
}

async function lookAtStorage({ storage }: Config): Promise<readonly Finding[]> {
  return storage.kind === 'sqlite' ? lookAtFolder(storage.path) : lookAtRedis(storage.address)
}
