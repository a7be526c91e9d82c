// The real openssl, run as people run it: the arguments as one line, without a shell.

/** What it printed; throws with its own words when it fails. */
export function openssl(line: string): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(['openssl', ...line.split(' ')], { stderr: 'pipe' })
  if (exitCode !== 0) throw new Error(`openssl ${line}: ${stderr.toString()}`)
  return stdout.toString()
}
