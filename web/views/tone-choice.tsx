// The skin tone of the emoji that have one.
import { chooseTone, habits } from '../emoji/habits.ts'
import { TONES, toned } from '../emoji/tones.ts'
import { spoken } from '../words/spoken.ts'

const words = spoken(
  { tones: ['No skin tone', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'], tone: 'Skin tone' },
  { tones: ['Ohne Hautfarbe', 'Hell', 'Mittelhell', 'Mittel', 'Mitteldunkel', 'Dunkel'], tone: 'Hautfarbe' },
)

const HAND = '✋'

export function ToneChoice() {
  const said = words.value
  return (
    <select
      class="emoji-tone"
      aria-label={said.tone}
      title={said.tone}
      value={String(habits.value.tone)}
      onChange={({ currentTarget }) => chooseTone(Number(currentTarget.value))}
    >
      {TONES.map((tone) => (
        <option key={tone} value={String(tone)} aria-label={said.tones[tone]}>
          {toned(HAND, tone)}
        </option>
      ))}
    </select>
  )
}
