// Which Redis process keeps a key: the only one, the one that the sentinels call master, or the one with the key's slot.
import type { Address, Place } from './address.ts'
import type { Access } from './client.ts'
import { clusterRoute } from './cluster.ts'
import type { StoreFault } from './fault.ts'
import { sentinelRoute } from './sentinel.ts'

export interface Route {
  known(key: string): Place | undefined
  /** What is known, or is found out by asking around. Throws `StoreFault`, within seconds. */
  placeOf(key: string): Promise<Place>
  /** Every process that keeps keys, as far as is known. */
  places(): Promise<readonly Place[]>
  /** Takes in a fault that tells, or suggests, that what is known is outdated. */
  doubt(fault: StoreFault): void
  /** Asks around whether things are still as they were. */
  refresh(): Promise<void>
}

export function routeTo(address: Address, access: Access): Route {
  switch (address.kind) {
    case 'single':
      return onlyRoute(address.places[0])
    case 'sentinel':
      return sentinelRoute(address.places, address.master, access)
    case 'cluster':
      return clusterRoute(address.places, access)
  }
}

function onlyRoute(place: Place): Route {
  return {
    known: () => place,
    placeOf: async () => place,
    places: async () => [place],
    doubt: () => {},
    refresh: async () => {},
  }
}
