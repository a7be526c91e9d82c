// What one is told of when nobody looks: the browser's notifications, and a tone.
import { useEffect } from 'preact/hooks'
import { askPermission, lookAtPermission, type Permission, permission } from '../state/permission.ts'
import { choose, settings } from '../state/settings.ts'
import { chime } from '../state/sound.ts'
import { spoken } from '../words/spoken.ts'

const words = spoken(
  {
    heading: 'Notifications',
    states: {
      default: 'While you look elsewhere, this device can tell you of new messages.',
      granted: 'This device tells you of new messages. What you hear of is chosen in each chat, under “Project”.',
      denied: 'The browser does not allow notifications for this page. You can change that in its settings.',
      unsupported: 'This browser shows no notifications.',
    } as Record<Permission, string>,
    allow: 'Allow notifications',
    sound: 'Play a quiet tone',
  },
  {
    heading: 'Benachrichtigungen',
    states: {
      default: 'Dieses Gerät kann Ihnen neue Nachrichten melden, während Sie anderswo sind.',
      granted: 'Dieses Gerät meldet Ihnen neue Nachrichten. Worüber, wählen Sie in jedem Chat unter „Projekt“.',
      denied:
        'Der Browser erlaubt dieser Seite keine Benachrichtigungen. Das können Sie in seinen Einstellungen ändern.',
      unsupported: 'Dieser Browser zeigt keine Benachrichtigungen.',
    },
    allow: 'Benachrichtigungen erlauben',
    sound: 'Einen leisen Ton abspielen',
  },
)

export function NotificationSettings() {
  const said = words.value
  useEffect(lookAtPermission, [])
  const onSound = (on: boolean) => {
    choose({ sound: on })
    if (on) chime()
  }
  return (
    <fieldset>
      <legend>{said.heading}</legend>
      <p class="quiet" role="status">
        {said.states[permission.value]}
      </p>
      {permission.value === 'default' && (
        <p>
          <button type="button" onClick={askPermission}>
            {said.allow}
          </button>
        </p>
      )}
      <label class="choice">
        <input
          type="checkbox"
          checked={settings.value.sound}
          onChange={({ currentTarget }) => onSound(currentTarget.checked)}
        />
        <span>{said.sound}</span>
      </label>
    </fieldset>
  )
}
