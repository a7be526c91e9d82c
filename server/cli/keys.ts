// `keys`: what keys.sh does, also where there is only the single binary.
import script from '../../keys.sh' with { type: 'text' }
import { Cannot, type Environment, obey } from './asked.ts'

export const usage = `propromo-chat keys rs512 [folder]        a 4096-bit RSA key, encrypted: private.pem and public.pem
propromo-chat keys certificate [folder]  the same, unencrypted and with a self-signed certificate
propromo-chat keys hs256                 prints a secret for development
propromo-chat keys check [folder]        checks private.pem, and that public.pem belongs to it

The passphrase is taken from JWT_PRIVATE_KEY_PASSPHRASE, or asked for. Needs bash and openssl.`

export function run(args: readonly string[], env: Environment): Promise<number> {
  return obey(args, usage, async () => {
    const bash = Bun.which('bash')
    if (!bash) throw new Cannot('Cannot make keys: there is no bash here. Make them on another machine')
    return Bun.spawn([bash, '-c', script, 'keys.sh', ...args], { env, stdio: ['inherit', 'inherit', 'inherit'] }).exited
  })
}
