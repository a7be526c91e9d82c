// Where the page begins.
import './views/base.css'
import { render } from 'preact'
import { account, refresh } from './state/account.ts'
import { followAccount } from './state/rooms.ts'
import { followAddress, go } from './state/route.ts'
import { applySettings } from './state/settings.ts'
import { App } from './views/app.tsx'

applySettings()
followAddress()
followAccount()

const app = document.createElement('div')
app.id = 'app'
const monitor = new URLSearchParams(location.search).get('monitor') ?? ''
// A link into one room, for somebody who is in already.
const asked = monitor && account.value?.chats.find(({ monitor_hash }) => monitor.endsWith(monitor_hash))
if (asked) go({ room: asked.monitor_hash }, { replace: true })
render(<App monitor={monitor} />, app)
document.body.replaceChildren(app)

// A page that comes to the front may have been away for days: rooms and sign-in are looked at anew.
const lookAnew = () => {
  if (document.visibilityState === 'visible' && account.value) refresh()
}
document.addEventListener('visibilitychange', lookAnew)
lookAnew()
