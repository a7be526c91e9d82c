// The command: minutes of mixed load with faults. It says what was lost, doubled or reordered, and ends with 1 if anything was.
import { optionsIn } from './options.ts'
import { report } from './report.ts'
import { run } from './run.ts'

/** Of each kind: more of them say nothing new. */
const MOST_SAID = 15

const words = process.argv.slice(2)
const say = (line: string) => console.log(line)
const ran = await run(optionsIn(words), say)
say(report(ran, ['npm run reliability', ...(words.length > 0 ? ['--', ...words] : [])].join(' ')))
for (const [kind, found] of Map.groupBy(ran.findings, ({ kind }) => kind)) {
  for (const { sentence } of found.slice(0, MOST_SAID)) console.error(`${kind}: ${sentence}`)
  if (found.length > MOST_SAID) console.error(`${kind}: and ${found.length - MOST_SAID} more`)
}
process.exit(ran.findings.length === 0 ? 0 : 1)
