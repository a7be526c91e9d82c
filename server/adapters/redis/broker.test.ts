// The broker in Redis keeps to its contract, on one Redis, on a Cluster and behind Sentinels.
import { expect, test } from 'bun:test'
import type { Draft } from '../../../protocol/event.ts'
import { processesOn } from '../../../test/support/broker-processes.ts'
import { redisKinds } from '../../../test/support/redis-kinds.ts'
import { brokerContract, eventually, Listener } from '../../ports/broker.contract.ts'
import type { Stored } from '../../ports/log.ts'

const on = redisKinds()

brokerContract('Redis', async () => {
  await on.redis.flush()
  return processesOn(on.redis.url)
})
brokerContract('a Redis Cluster', async () => {
  await on.cluster.flush()
  return processesOn(on.cluster.url)
})

test('[R3] every kind of event is heard elsewhere just as whoever stored it was answered', async () => {
  const by = 'customer@example.com'
  const drafts: readonly Draft[] = [
    { type: 'message', by, text: 'one', clientId: 'c 1' },
    { type: 'message', by, text: ' “two”\n\n{"three"} \u2028 😀\u0000', replyTo: '1' },
    { type: 'edited', by, message: '1', text: 'one\nmore', clientId: 'c 2' },
    { type: 'reacted', by, message: '2', emoji: '👍🏽', on: true },
    { type: 'pinned', by, message: '2', on: true },
    { type: 'deleted', by, message: '1', owner: true },
  ]
  for (const url of [on.redis.url, on.cluster.url]) {
    const under = await processesOn(url)
    try {
      const listener = await Listener.at(under.brokers[1], 'every kind')
      const stored: { stored: Stored }[] = []
      for (const draft of drafts) stored.push({ stored: await under.processes[0].log.append('every kind', draft) })
      await eventually(() => expect(listener.heard).toEqual(stored))
      expect(new Set(stored.map((one) => one.stored.event.type)).size).toBe(5)
    } finally {
      await under.close()
    }
  }
})
