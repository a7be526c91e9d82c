// Which view: signing in, or the rooms.
import { account } from '../state/account.ts'
import { Dialogs } from './dialog.tsx'
import { NewVersion } from './new-version.tsx'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

/** `monitor` is the one that a link asked for. */
export function App({ monitor }: { readonly monitor: string }) {
  return (
    <>
      {account.value ? <Shell /> : <SignIn monitor={monitor} />}
      {account.value && <Dialogs />}
      <NewVersion />
    </>
  )
}
