// Which language the page speaks: the two of them, each in its own words.
import { choose, language } from '../state/settings.ts'
import { spoken } from '../words/spoken.ts'

const words = spoken({ label: 'Language' }, { label: 'Sprache' })

export function LanguageChoice() {
  return (
    <select
      class="language"
      aria-label={words.value.label}
      value={language.value}
      onChange={({ currentTarget }) => choose({ language: currentTarget.value === 'de' ? 'de' : 'en' })}
    >
      <option value="en" lang="en">
        English
      </option>
      <option value="de" lang="de">
        Deutsch
      </option>
    </select>
  )
}
