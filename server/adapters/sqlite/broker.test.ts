// A process alone hears of nobody else, whatever it says itself.
import { expect, test } from 'bun:test'
import { soleBroker } from './broker.ts'

test('[R5] a process alone is told once that nobody is elsewhere, and nothing else ever', async () => {
  const broker = soleBroker()
  const told: unknown[] = []
  broker.onSignedOut((signIns) => told.push(signIns))
  const listening = await broker.listen('w32tgse', {
    event: (stored) => told.push(stored),
    whisper: (whisper) => told.push(whisper),
    elsewhere: (emails) => told.push(emails),
    missed: () => told.push('missed'),
  })
  listening.here('customer@example.com', true)
  listening.whisper({ type: 'typing', email: 'customer@example.com', on: true })
  broker.signedOut(['sign-in'])
  listening.stop()
  listening.stop()
  await Promise.resolve()
  expect(told).toEqual([new Set()])
})
