// Every key that means something, by the place where it does.
import { settings } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'
import { SINGLE_KEYS } from './keys.ts'
import { SingleKeys } from './single-keys.tsx'

/** Keys are parted by `+`, ways to do the same by ` / `. `Mod` is Ctrl, or ⌘ on a Mac. */
type Key = readonly [keys: string, does: string]

const words = spoken(
  {
    names: {} as Readonly<Record<string, string>>,
    or: 'or',
    groups: [
      [
        'Anywhere',
        [
          ['Mod+K', 'Find a chat'],
          ['/', 'Search in the chat'],
          ['Alt+↑ / Alt+↓', 'The chat above, below'],
          ['Alt+Shift+↓', 'The next chat with something unread'],
          ['Esc', 'Close what is open'],
          ['?', 'These keys'],
        ],
      ],
      [
        'Writing',
        [
          ['Enter', 'Send'],
          ['Shift+Enter', 'New line'],
          ['↑', 'Edit your last message, while the field is empty'],
          ['Mod+B', 'Bold'],
          ['Mod+I', 'Italic'],
          ['Mod+K', 'Link'],
          ['@', 'Mention a member'],
          ['Esc', 'Give up a reply or an edit'],
        ],
      ],
      [
        'Messages',
        [
          ['↑ / ↓', 'The message before, after'],
          ['Home / End', 'The first that is loaded, the newest'],
          ['Enter', 'What can be done with it'],
          ['R', 'Reply'],
          ['E', 'Edit'],
          ['P', 'Pin or unpin'],
          ['Delete', 'Delete'],
        ],
      ],
    ] as readonly (readonly [string, readonly Key[]])[],
  },
  {
    names: { Ctrl: 'Strg', Shift: 'Umschalt', Enter: 'Eingabe', Delete: 'Entf', Home: 'Pos1', End: 'Ende' },
    or: 'oder',
    groups: [
      [
        'Überall',
        [
          ['Mod+K', 'Einen Chat finden'],
          ['/', 'Im Chat suchen'],
          ['Alt+↑ / Alt+↓', 'Der Chat darüber, darunter'],
          ['Alt+Shift+↓', 'Der nächste Chat mit Ungelesenem'],
          ['Esc', 'Schließen, was offen ist'],
          ['?', 'Diese Tasten'],
        ],
      ],
      [
        'Beim Schreiben',
        [
          ['Enter', 'Senden'],
          ['Shift+Enter', 'Neue Zeile'],
          ['↑', 'Ihre letzte Nachricht bearbeiten, solange das Feld leer ist'],
          ['Mod+B', 'Fett'],
          ['Mod+I', 'Kursiv'],
          ['Mod+K', 'Link'],
          ['@', 'Ein Mitglied erwähnen'],
          ['Esc', 'Antwort oder Bearbeitung aufgeben'],
        ],
      ],
      [
        'Bei den Nachrichten',
        [
          ['↑ / ↓', 'Die Nachricht davor, danach'],
          ['Home / End', 'Die erste geladene, die neueste'],
          ['Enter', 'Was man mit ihr tun kann'],
          ['R', 'Antworten'],
          ['E', 'Bearbeiten'],
          ['P', 'Anheften oder lösen'],
          ['Delete', 'Löschen'],
        ],
      ],
    ],
  },
)

const isMac = /Mac|iP(?:hone|ad|od)/.test(navigator.platform)

export function KeysDialog() {
  return (
    <div class="keys">
      {words.value.groups.map(([place, keys]) => (
        <section key={place}>
          <h3>{place}</h3>
          <dl>
            {keys.filter(isOn).map(([combination, does]) => (
              <div key={combination}>
                <dt>
                  <Keys combination={combination} />
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section>
        <SingleKeys />
      </section>
    </div>
  )
}

function isOn([combination]: Key): boolean {
  return settings.value.singleKeys || !SINGLE_KEYS.includes(combination)
}

function Keys({ combination }: { readonly combination: string }) {
  const ways = combination === '/' ? [combination] : combination.split(' / ')
  return (
    <>
      {ways.map((way, index) => (
        <span key={way}>
          {index > 0 && <span class="quiet"> {words.value.or} </span>}
          {way.split('+').map((key) => (
            <kbd key={key}>{nameOf(key)}</kbd>
          ))}
        </span>
      ))}
    </>
  )
}

function nameOf(key: string): string {
  const named = key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key
  return words.value.names[named] ?? named
}
