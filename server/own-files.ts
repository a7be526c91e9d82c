// Where the files lie that the server brings along: beside its sources, or inside the single binary.
import { join } from 'node:path'

const isOneFile = Bun.embeddedFiles.length > 0

/** The bundled web page. */
export const PAGE = join(import.meta.dir, isOneFile ? 'dist' : '../web/dist')

/** The thread that checks passwords; in the single binary it lies where server/compile.ts put it. */
export const HASH_WORKER = join(import.meta.dir, 'adapters/propromo/hash-worker.ts')

/** Starts this program once more, to serve. */
export const OWN_COMMAND = isOneFile
  ? [process.execPath, 'serve']
  : [process.execPath, join(import.meta.dir, 'main.ts')]
