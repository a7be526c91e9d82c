// How many files may be open here, where the chat would be started: every socket is one.
import type { Config } from '../../config.ts'
import { mostOpenFiles, tooFewFiles } from '../../open-files.ts'
import { type Finding, fine, note } from './finding.ts'

export function lookAtFiles({ limits }: Config): readonly Finding[] {
  const most = mostOpenFiles()
  if (most === null) return []
  if (!Number.isFinite(limits.sockets))
    return [note(`${most} files may be open at once, and LIMIT_SOCKETS sets no limit`)]
  const few = tooFewFiles(limits.sockets, most)
  return few.length > 0
    ? few.map((sentence) => note(`${sentence}. A unit of systemd has its own limit, which is not seen from here`))
    : [fine(`${most} files may be open at once, which is enough for its sockets`)]
}
