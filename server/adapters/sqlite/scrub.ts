// What was deleted is gone from the file as well: words out of what the index has not put together yet, and the write-ahead log.
import type { Store } from './store.ts'

/** Pages of the index that are written in one step: some milliseconds. */
const STEP_PAGES = 64
/** While much is said the index is never quite put together; what was deleted before has gone by then. */
const MOST_STEPS = 100_000
/** Another process is seldom at it for longer than a moment. */
const MOST_TRIES = 100

/** Costs reading and writing the whole index once, in steps, and ends between two of them when it `isOff`. `pause` resolves a little later. */
export async function scrub(store: Store, pause: () => Promise<void>, isOff = () => false): Promise<void> {
  const merge = store.prepare<null, [number]>("INSERT INTO word (word, rank) VALUES ('merge', ?)")
  const changes = store.prepare<{ many: number }, []>('SELECT total_changes() AS many')
  const many = () => changes.get()?.many ?? 0
  // What is negative begins with everything; what is positive goes on with what was begun.
  for (let step = 0, pages = -STEP_PAGES; step < MOST_STEPS; step++, pages = STEP_PAGES) {
    const changed = await store.write(() => {
      const before = many()
      merge.run(pages)
      return many() - before
    })
    if (changed < 2) break // SQLite's own sign that there is nothing left to do.
    await pause()
    if (isOff()) return
  }
  for (let tries = 1; !store.emptyWriteAheadLog() && tries < MOST_TRIES && !isOff(); tries++) await pause()
}
