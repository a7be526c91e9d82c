// What a person can choose: language, colours, keys, notifications, and to leave.
import { account } from '../state/account.ts'
import { dialog } from '../state/dialog.ts'
import { choose, settings, type Theme } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'
import { NotificationSettings } from './notification-settings.tsx'
import { SignIns } from './sign-ins.tsx'
import { SignOut } from './sign-out.tsx'
import { SingleKeys } from './single-keys.tsx'

const words = spoken(
  {
    language: 'Language',
    asBrowser: 'As in the browser',
    theme: 'Appearance',
    system: 'System',
    light: 'Light',
    dark: 'Dark',
    writing: 'Writing',
    enterSends: 'Enter sends the message',
    enterHint: 'Shift+Enter begins a new line. Without this, Enter does, and Ctrl+Enter sends.',
    account: 'Account',
    signedInAs: 'Signed in as',
    more: 'More',
    keyboard: 'Keyboard',
    keys: 'Keyboard shortcuts',
    developer: 'Try the API',
    docs: 'Documentation of the API',
  },
  {
    language: 'Sprache',
    asBrowser: 'Wie im Browser',
    theme: 'Erscheinungsbild',
    system: 'System',
    light: 'Hell',
    dark: 'Dunkel',
    writing: 'Schreiben',
    enterSends: 'Eingabetaste sendet die Nachricht',
    enterHint:
      'Umschalt+Eingabe beginnt eine neue Zeile. Ohne diese Einstellung tut das die Eingabetaste, und Strg+Eingabe sendet.',
    account: 'Konto',
    signedInAs: 'Angemeldet als',
    more: 'Mehr',
    keyboard: 'Tastatur',
    keys: 'Tastenkürzel',
    developer: 'Die API ausprobieren',
    docs: 'Dokumentation der API',
  },
)

export function SettingsDialog() {
  const said = words.value
  return (
    <div class="settings">
      <LanguageSetting />
      <ThemeSetting />
      <fieldset>
        <legend>{said.writing}</legend>
        <label class="choice">
          <input
            type="checkbox"
            checked={settings.value.enterSends}
            aria-describedby="enter-hint"
            onChange={({ currentTarget }) => choose({ enterSends: currentTarget.checked })}
          />
          <span>{said.enterSends}</span>
        </label>
        <p id="enter-hint" class="quiet small">
          {said.enterHint}
        </p>
      </fieldset>
      <fieldset>
        <legend>{said.keyboard}</legend>
        <SingleKeys />
      </fieldset>
      <NotificationSettings />
      <section>
        <h3>{said.account}</h3>
        <p class="quiet">
          {said.signedInAs} <bdi>{account.value?.email}</bdi>
        </p>
        <SignOut />
      </section>
      <SignIns />
      <section>
        <h3>{said.more}</h3>
        <p class="settings-more">
          <button type="button" class="second" onClick={() => toDialog('keys')}>
            {said.keys}
          </button>
          <button type="button" class="second" onClick={() => toDialog('developer')}>
            {said.developer}
          </button>
          <a class="button second" href="/docs">
            {said.docs}
          </a>
        </p>
      </section>
    </div>
  )
}

function LanguageSetting() {
  const said = words.value
  return (
    <p class="setting">
      <label for="setting-language">{said.language}</label>
      <select
        id="setting-language"
        value={settings.value.language ?? ''}
        onChange={({ currentTarget: { value } }) =>
          choose({ language: value === 'de' || value === 'en' ? value : null })
        }
      >
        <option value="">{said.asBrowser}</option>
        <option value="en" lang="en">
          English
        </option>
        <option value="de" lang="de">
          Deutsch
        </option>
      </select>
    </p>
  )
}

function ThemeSetting() {
  const said = words.value
  const themes: readonly (readonly [Theme | null, string])[] = [
    [null, said.system],
    ['light', said.light],
    ['dark', said.dark],
  ]
  return (
    <fieldset>
      <legend>{said.theme}</legend>
      <div class="segments">
        {themes.map(([theme, name]) => (
          <label key={theme}>
            <input
              type="radio"
              name="theme"
              checked={settings.value.theme === theme}
              onChange={() => choose({ theme })}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function toDialog(name: 'keys' | 'developer'): void {
  dialog.value = name
}
