// Does a storm of logins disturb those who are talking? Delivery latency in an open room, with 20 logins a second and
// without, in turns. Run: npm run bench:login-storm
import { cpus } from 'node:os'
import { quantile } from './figures.ts'
import { type Outcome, runRoom } from './latency.ts'
import { pinLoad, startPinned } from './pinned-server.ts'

const ROUNDS = 3
const MEMBERS = 50
const PER_SECOND = 50
const SECONDS = 10
const LOGINS_PER_SECOND = 20
const ROOM = 'w32tgse'
const CREDENTIALS = { email: 'customer@example.com', password: 'password', remember: 'token' }

pinLoad()
const server = await startPinned({ LIMIT_LOGINS_PER_MINUTE: '0' })
const signIn = await logIn()

const rows: { storm: boolean; p50: number; p99: number; max: number; answers: string }[] = []
for (let round = 0; round < ROUNDS; round++) {
  rows.push(await measure(false), await measure(true))
}
await server.stop()
report()

async function measure(storm: boolean) {
  const tickets = await Promise.all(Array.from({ length: MEMBERS }, ticket))
  const answers = new Map<number, number>()
  const stopStorm = storm ? startStorm(answers) : async () => undefined
  const outcome = await runRoom({ url: roomUrl, tickets, perSecond: PER_SECOND, seconds: SECONDS })
  await stopStorm()
  refuseIfWrong(outcome)
  const { latencies } = outcome
  const told = [...answers].map(([status, count]) => `${count}×${status}`).join(' ')
  return {
    storm,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    max: quantile(latencies, 1),
    answers: told,
  }
}

/** Logins on schedule, each in its own request, until stopped; then waits for the answers that are still due. */
function startStorm(answers: Map<number, number>): () => Promise<void> {
  const underWay = new Set<Promise<void>>()
  const timer = setInterval(() => {
    const attempt = post('/login', CREDENTIALS).then((answer) => {
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

function refuseIfWrong({ deliveries, expected, doubled, outOfOrder }: Outcome): void {
  if (deliveries === expected && doubled === 0 && outOfOrder === 0) return
  throw new Error(`${deliveries} of ${expected} deliveries, ${doubled} doubled, ${outOfOrder} out of order`)
}

async function logIn(): Promise<string> {
  const answer = (await (await post('/login', CREDENTIALS)).json()) as { sign_in: string }
  return answer.sign_in
}

async function ticket(): Promise<string> {
  const answer = await post('/tickets', {}, { Authorization: `Bearer ${signIn}` })
  return ((await answer.json()) as { token: string }).token
}

function roomUrl(token: string): string {
  return `${server.origin.replace(/^http/, 'ws')}/chat/${ROOM}?auth=${token}`
}

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const json = { 'Content-Type': 'application/json', ...headers }
  return fetch(server.origin + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
}

function report(): void {
  console.log(
    `${MEMBERS} members, ${PER_SECOND} messages/s, ${SECONDS} s a round, server on one core (${cpus()[0]?.model})`,
  )
  console.log('| logins | p50 ms | p99 ms | max ms | answers to the logins |\n| --- | --- | --- | --- | --- |')
  for (const { storm, p50, p99, max, answers } of rows) {
    const logins = storm ? `${LOGINS_PER_SECOND}/s` : 'none'
    console.log(`| ${logins} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${max.toFixed(2)} | ${answers} |`)
  }
  const median = (storm: boolean) =>
    quantile(Float64Array.from(rows.filter((row) => row.storm === storm).map(({ p99 }) => p99)).sort(), 0.5)
  console.log(`median p99 with the storm / without: ${(median(true) / median(false)).toFixed(2)}`)
}
