// The day that messages were said on, and the way to another day.
import { useId, useRef, useState } from 'preact/hooks'
import type { Row } from '../state/timeline-rows.ts'
import { spoken } from '../words/spoken.ts'
import { dayOf } from '../words/time.ts'
import { useHere } from './here.ts'
import { Popover } from './popover.tsx'
import { useTakeFocus } from './take-focus.ts'
import type { WalkPlace } from './walk.ts'

const words = spoken(
  { other: 'Go to another day', day: 'Day', go: 'Go there' },
  { other: 'Zu einem anderen Tag', day: 'Tag', go: 'Dorthin' },
)

export interface DayDividerProps {
  readonly row: Row & { readonly type: 'day' }
  readonly place: WalkPlace
  readonly isStop: boolean
}

export function DayDivider({ row: { at, key }, place, isStop }: DayDividerProps) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useTakeFocus(button, place, key)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div class="day-divider">
      <button
        ref={button}
        type="button"
        class="day-divider-name"
        title={words.value.other}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        tabIndex={isStop ? 0 : -1}
        onClick={() => setOpen(true)}
        onFocus={() => {
          place.at.value = key
        }}
      >
        {dayOf(at)}
      </button>
      {isOpen && (
        <Popover anchor={button} name={words.value.other} role="dialog" onClose={close}>
          <DayForm at={at} onDone={() => setOpen(false)} />
        </Popover>
      )}
    </div>
  )
}

function DayForm({ at, onDone }: { readonly at: number; readonly onDone: () => void }) {
  const { passage } = useHere()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const [year, month, day] = (field.current?.value ?? '').split('-').map(Number)
    if (year === undefined || month === undefined || !day) return
    onDone()
    passage.goToDay(new Date(year, month - 1, day).getTime())
  }
  return (
    <form class="day-form" onSubmit={submit}>
      <label htmlFor={id}>{words.value.day}</label>
      <input ref={field} id={id} type="date" required defaultValue={dateOf(at)} max={dateOf(Date.now())} />
      <button type="submit">{words.value.go}</button>
    </form>
  )
}

/** `2026-11-25`, in this zone, as the field takes it. */
function dateOf(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
