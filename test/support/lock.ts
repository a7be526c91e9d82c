// Another process that holds the write lock of a SQLite file, until it is told to let go.

export interface Lock {
  /** Gives the lock back, having changed nothing, and ends the process. Letting go twice is harmless. */
  release(): Promise<void>
}

export async function lockElsewhere(file: string): Promise<Lock> {
  const script = `
    const database = new (require('bun:sqlite').Database)(${JSON.stringify(file)})
    database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE')
    console.log('locked')
    for await (const _ of Bun.stdin.stream()) {}
    database.exec('ROLLBACK')`
  const other = Bun.spawn([process.execPath, '-e', script], { stdin: 'pipe', stdout: 'pipe' })
  const { done } = await other.stdout.getReader().read()
  if (done) throw new Error(`could not lock ${file}`)
  return {
    release: async () => {
      await other.stdin.end()
      await other.exited
    },
  }
}
