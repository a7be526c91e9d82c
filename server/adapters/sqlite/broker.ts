// The broker where one process has the store to itself: there is nobody to hear, and nobody elsewhere.
import type { Broker } from '../../ports/broker.ts'

export function soleBroker(): Broker {
  return {
    lagMilliseconds: 0,
    async listen(_room, ear) {
      ear.elsewhere(new Set())
      return { here() {}, whisper() {}, stop() {} }
    },
    signedOut() {},
    onSignedOut() {},
  }
}
