// `keys`: what keys.sh does, also where there is only the single binary.
import script from '../../keys.sh' with { type: 'text' }
import { type Command, Misused } from './command.ts'

export const command: Command = {
  usage: `propromo-chat keys rs512 [folder]        a 4096-bit RSA key, encrypted: private.pem and public.pem
propromo-chat keys certificate [folder]  the same, unencrypted and with a self-signed certificate
propromo-chat keys hs256                 prints a secret for development
propromo-chat keys check [folder]        checks private.pem, and that public.pem belongs to it

The passphrase is taken from JWT_PRIVATE_KEY_PASSPHRASE, or asked for. Needs bash and openssl.`,
  async run(words) {
    if (words.length === 0) throw new Misused('Cannot tell what to make')
    const bash = Bun.which('bash')
    if (!bash) throw new Error('there is no bash here: make the keys on another machine')
    return Bun.spawn([bash, '-c', script, 'keys.sh', ...words], { stdio: ['inherit', 'inherit', 'inherit'] }).exited
  },
}
