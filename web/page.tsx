// Where the page begins.
import './views/base.css'
import { render } from 'preact'
import { account, refresh } from './state/account.ts'
import { followMessages } from './state/notify.ts'
import { followAccount } from './state/rooms.ts'
import { followAddress, go } from './state/route.ts'
import { applySettings } from './state/settings.ts'
import { registerWorker } from './state/worker.ts'
import { App } from './views/app.tsx'
import { followKeys } from './views/keys.ts'
import { followUnread } from './views/tab.ts'
import { followDay } from './words/today.ts'

applySettings()
followAddress()
followAccount()
followMessages()
followUnread()
followKeys()
followDay()

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

requestAnimationFrame(() => setTimeout(registerWorker))
