// The server behind the pages of a test: nothing is limited, and a password costs next to nothing to check.
import { cheapAccounts } from './accounts.ts'
import { type Environment, type Program, type Server, startServer } from './server.ts'

/** For servers whose limits are not what is tested. */
const UNLIMITED: Environment = {
  LIMIT_LOGINS_PER_MINUTE: '0',
  LIMIT_SENDS_PER_10S: '0',
  LIMIT_SOCKETS_PER_ADDRESS: '0',
  LIMIT_SOCKETS_PER_MEMBER: '0',
  LIMIT_TICKETS_PER_MINUTE: '0',
  LIMIT_UPGRADES_PER_S: '0',
}

/** Passwords are checked behind everything else: at their usual cost, a test on a busy machine waits for them more than for all the rest. */
export async function startPageServer(environment: Environment = {}, program?: Program): Promise<Server> {
  return startServer({ ...UNLIMITED, ...(await cheapAccounts()), ...environment }, program)
}
