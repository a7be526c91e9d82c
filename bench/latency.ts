// Open-loop load on one room: messages leave on schedule, whatever comes back, and latency counts from the schedule.

export interface RoomLoad {
  readonly url: (ticket: string) => string
  /** Tickets of the members, one each. The first one speaks. */
  readonly tickets: readonly string[]
  readonly perSecond: number
  readonly seconds: number
}

export interface Outcome {
  readonly sent: number
  readonly deliveries: number
  readonly expected: number
  readonly doubled: number
  readonly outOfOrder: number
  /** Milliseconds from the intended moment of sending to each delivery, sorted. */
  readonly latencies: Float64Array
}

/** Runs the load and checks every delivery: nothing lost, nothing twice, everything in order. */
export async function runRoom({ url, tickets, perSecond, seconds }: RoomLoad): Promise<Outcome> {
  const total = Math.round(perSecond * seconds)
  const latencies: number[] = []
  let doubled = 0
  let outOfOrder = 0
  const run = crypto.randomUUID()
  const members = await Promise.all(
    tickets.map(async (ticket) => {
      let last = -1
      const socket = new WebSocket(url(ticket))
      socket.addEventListener('message', ({ data }) => {
        const now = performance.now()
        const { text } = JSON.parse(String(data)) as { text: string }
        const [of, number, intended] = text.split(' ')
        if (of !== run) return // History of an earlier run.
        latencies.push(now - Number(intended))
        if (Number(number) === last) doubled += 1
        else if (Number(number) !== last + 1) outOfOrder += 1
        last = Number(number)
      })
      await new Promise((resolve, reject) => {
        socket.addEventListener('open', resolve)
        socket.addEventListener('error', reject)
      })
      return socket
    }),
  )
  const start = performance.now() + 100
  const speaker = members[0]
  for (let number = 0; number < total; number++) {
    const intended = start + (number * 1000) / perSecond
    const wait = intended - performance.now()
    if (wait > 0) await Bun.sleep(wait)
    speaker?.send(`${run} ${number} ${intended}`)
  }
  const expected = total * members.length
  for (let waited = 0; latencies.length < expected && waited < 100; waited++) await Bun.sleep(50)
  for (const member of members) member.close()
  return {
    sent: total,
    deliveries: latencies.length,
    expected,
    doubled,
    outOfOrder,
    latencies: Float64Array.from(latencies).sort(),
  }
}
