// Where the page begins.
import './views/base.css'
import { render } from 'preact'
import { account, refresh } from './state/account.ts'
import { followAccount } from './state/rooms.ts'
import { followAddress } from './state/route.ts'
import { applySettings } from './state/settings.ts'
import { registerWorker } from './state/worker.ts'
import { App } from './views/app.tsx'

applySettings()
followAddress()
followAccount()

const app = document.createElement('div')
app.id = 'app'
const typed = document.querySelector<HTMLInputElement>('#monitor_id')?.value ?? ''
render(<App monitor={typed} />, app)
document.body.replaceChildren(app)

// A page that comes to the front may have been away for days: rooms and sign-in are looked at anew.
const lookAnew = () => {
  if (document.visibilityState === 'visible' && account.value) refresh()
}
document.addEventListener('visibilitychange', lookAnew)
lookAnew()

requestAnimationFrame(() => setTimeout(registerWorker))
