#!/usr/bin/env node
// For npx, which knows Node: starts the command line with the runtime that was installed beside it, and ends as it ends.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bun = fileURLToPath(new URL('../node_modules/.bin/bun', import.meta.url))
const main = fileURLToPath(new URL('../server/cli/main.ts', import.meta.url))

if (existsSync(bun)) start()
else {
  console.error('Cannot start: the runtime is not installed. Run npm ci in the folder of Propromo Chat first.')
  process.exitCode = 1
}

function start() {
  const child = spawn(bun, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  // Ctrl-C reaches both; what was meant for this process alone is handed on, and the server takes its time to stop.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => undefined)
  child.on('error', (error) => {
    console.error(`Cannot start: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
