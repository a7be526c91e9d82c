// The server behind the pages of a test: nothing is limited, and a password costs next to nothing to check.
import { cheapAccounts } from './accounts.ts'
import { type Environment, type Program, type Server, startServer, UNLIMITED } from './server.ts'

/** Passwords are checked behind everything else: at their usual cost, a test on a busy machine waits for them more than for all the rest. */
export async function startPageServer(environment: Environment = {}, program?: Program): Promise<Server> {
  return startServer({ ...UNLIMITED, ...(await cheapAccounts()), ...environment }, program)
}
