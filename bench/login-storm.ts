// Does a storm of logins disturb those who are talking? Delivery latency in an open room, with 20 logins a second and
// without, in turns. Run: npm run bench:login-storm
import { Disturbed, type Latency, post } from './disturbed.ts'
import { median } from './figures.ts'

const ROUNDS = 3
const TALK = { members: 50, perSecond: 50, seconds: 10 }
const LOGINS_PER_SECOND = 20
const EMAIL = 'customer@example.com'

const talk = await Disturbed.open(EMAIL, TALK, { LIMIT_LOGINS_PER_MINUTE: '0' })
const rows: (Latency & { readonly storm: boolean; readonly answers: string })[] = []
for (let round = 0; round < ROUNDS; round++) rows.push(await measure(false), await measure(true))
await talk.stop()
report()

async function measure(storm: boolean) {
  const answers = new Map<number, number>()
  const latency = await talk.measure(async () => (storm ? startStorm(answers) : () => undefined))
  return { ...latency, storm, answers: [...answers].map(([status, count]) => `${count}×${status}`).join(' ') }
}

/** Logins on schedule, each in its own request, until stopped; then waits for the answers that are still due. */
function startStorm(answers: Map<number, number>): () => Promise<void> {
  const underWay = new Set<Promise<void>>()
  const timer = setInterval(() => {
    const attempt = post(talk.origin, '/login', { email: EMAIL, password: 'password' }).then((answer) => {
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1)
      underWay.delete(attempt)
    })
    underWay.add(attempt)
  }, 1000 / LOGINS_PER_SECOND)
  return async () => {
    clearInterval(timer)
    await Promise.all(underWay)
  }
}

function report(): void {
  console.log(talk.conditions)
  console.log('| logins | p50 ms | p99 ms | max ms | answers to the logins |\n| --- | --- | --- | --- | --- |')
  for (const { storm, p50, p99, max, answers } of rows) {
    const logins = storm ? `${LOGINS_PER_SECOND}/s` : 'none'
    console.log(`| ${logins} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${max.toFixed(2)} | ${answers} |`)
  }
  const of = (storm: boolean) => median(rows.filter((row) => row.storm === storm).map(({ p99 }) => p99))
  console.log(`median p99 with the storm / without: ${(of(true) / of(false)).toFixed(2)}`)
}
