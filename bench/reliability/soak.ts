// The other half of the question whether memory stays where it is: hours of talk in minutes, through one server and without faults.
import { trendOf } from './flat.ts'
import { gaugedOf } from './gauges.ts'
import { buildTown, emailOf } from './town.ts'
import { placeOf } from './visiting.ts'
import { opened, talk } from './warm-up.ts'

const ROOMS = 40
const ROUNDS = 14
/** In each room and round. A room's tail is full after two rounds. */
const MESSAGES = 1_000
const WARM_ROUNDS = 3
/** In each round, to see the level between two collections of garbage too. */
const LOOKS = 10
/** For `trendOf`, whose slope is for each minute: a round counts as one. */
const ROUND_SECONDS = 60

const rooms = Array.from({ length: ROOMS }, (_, index) => `room-${index + 1}`)
const town = await buildTown('redis', rooms, ['watcher', 'steady'])
try {
  const [server] = town.servers
  if (!server) throw new Error('unreachable: a town has servers')
  const open = (role: string, room: string) => opened(placeOf(server.origin, room, emailOf(role, room)))
  const speakers: WebSocket[] = []
  for (const room of rooms) {
    speakers.push(await open('steady', room))
    await open('watcher', room)
  }
  const samples: { at: number; value: number }[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    for (let look = 0; look < LOOKS; look++) {
      await Promise.all(speakers.map((speaker) => talk(speaker, MESSAGES / LOOKS)))
      const { megabytes = 0 } = (await gaugedOf(server)) ?? {}
      samples.push({ at: (round - 1 + look / LOOKS) * ROUND_SECONDS, value: megabytes })
    }
    const levels = samples.slice(-LOOKS).map(({ value }) => value)
    console.log(
      `${round * MESSAGES} messages in each of ${ROOMS} rooms: ${Math.min(...levels).toFixed(0)} to ${Math.max(...levels).toFixed(0)} MiB`,
    )
  }
  const trend = trendOf(samples.filter(({ at }) => at >= WARM_ROUNDS * ROUND_SECONDS))
  if (trend) {
    const { slope, uncertainty, level } = trend
    const each = ((ROOMS * MESSAGES) / 1_000).toFixed(0)
    console.log(
      `warm: ${level.toFixed(0)} MiB, ${slope.toFixed(2)} ± ${uncertainty.toFixed(2)} MiB for each ${each},000 messages`,
    )
  }
} finally {
  await town.remove()
}
process.exit(0)
