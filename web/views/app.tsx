// Which view: signing in, or the rooms.
import { account } from '../state/account.ts'
import { Dialogs } from './dialog.tsx'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

/** `monitor` is the one that a link asked for. */
export function App({ monitor }: { readonly monitor: string }) {
  if (!account.value) return <SignIn monitor={monitor} />
  return (
    <>
      <Shell />
      <Dialogs />
    </>
  )
}
