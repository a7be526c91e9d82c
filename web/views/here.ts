// What every message of a timeline needs to know of where it stands.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Passage } from '../state/passage.ts'

export interface HereValue {
  readonly passage: Passage
  /** The address of a message, where messages have one. */
  readonly link: ((message: string) => string) | undefined
  /** Tells people who listen instead of looking. */
  readonly announce: (sentence: string) => void
}

export const Here = createContext<HereValue | null>(null)

/** Whether what is inside a message can be reached with Tab: only inside the one that the keyboard is at. */
export const Reach = createContext(true)

export function useHere(): HereValue {
  const here = useContext(Here)
  if (!here) throw new Error('a message stands outside of a timeline')
  return here
}

export function useTabIndex(): 0 | -1 {
  return useContext(Reach) ? 0 : -1
}
