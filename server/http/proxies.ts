// The proxies in front, and what they say of the request: believed only of those that are known, because anybody can write a header.
import { BlockList, isIP, isIPv4 } from 'node:net'

/** Which way somebody came: the address nearest to them that is vouched for, and over which scheme, where that is known. */
export interface Way {
  readonly address: string
  readonly scheme: 'http' | 'https' | null
}

/** Longer chains than this are somebody's joke. */
const MOST_HOPS = 32

export class Proxies {
  readonly #known = new BlockList()
  readonly #any: boolean
  /** As they were given. */
  readonly networks: readonly string[]

  /** Takes addresses and networks (`10.0.0.0/8`, `fd00::/8`, `::1`); throws the first one that is neither. */
  constructor(networks: readonly string[]) {
    for (const network of networks) this.#add(network)
    this.#any = networks.length > 0
    this.networks = networks
  }

  /** Whether the other end of the connection is one of them. */
  trust(peer: string): boolean {
    return this.#any && this.#knows(plainAddress(peer) ?? peer)
  }

  /** `peer` is the other end of the connection; the headers are as they came, or empty. */
  wayOf(peer: string, forwardedFor: string, forwardedProto: string): Way {
    const nearest = plainAddress(peer) ?? peer
    if (!this.trust(peer)) return { address: nearest, scheme: null }
    return { address: this.#origin(nearest, forwardedFor), scheme: schemeIn(forwardedProto) }
  }

  /** From the right, where our own proxies write, through those that are known: the first that is not is who came. */
  #origin(nearest: string, forwardedFor: string): string {
    let address = nearest
    for (const hop of forwardedFor.split(',').slice(-MOST_HOPS).reverse()) {
      const before = plainAddress(withoutPort(hop.trim()))
      if (before === null) return address // Nobody knows who that was, so whoever passed it on answers for it.
      address = before
      if (!this.#knows(address)) return address
    }
    return address
  }

  #knows(address: string): boolean {
    const kind = isIP(address)
    return kind !== 0 && this.#known.check(address, kind === 4 ? 'ipv4' : 'ipv6')
  }

  #add(network: string): void {
    const [host = '', bits, ...more] = network.split('/')
    const address = plainAddress(host)
    const most = address !== null && isIPv4(address) ? 32 : 128
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
    if (address === null || more.length > 0 || !(prefix <= most)) throw new Error(network)
    this.#known.addSubnet(address, prefix, most === 32 ? 'ipv4' : 'ipv6')
  }
}

/** Whether the other end of the connection is on this machine. */
export function isThisMachine(peer: string | undefined): boolean {
  return peer !== undefined && /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(peer)
}

/** An address in its usual spelling, or `null`. IPv4 that came over an IPv6 socket is IPv4. */
function plainAddress(text: string): string | null {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1]
  if (mapped !== undefined && isIPv4(mapped)) return mapped
  return isIP(text) === 0 || text.includes('%') ? null : text.toLowerCase()
}

/** Some proxies add the port: `192.0.2.1:50123`, `[2001:db8::1]:50123`. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(hop)?.[1]
  return bracketed ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(hop)?.[1] ?? hop
}

/** The last word is the nearest proxy's own. */
function schemeIn(forwardedProto: string): Way['scheme'] {
  switch (forwardedProto.split(',').at(-1)?.trim().toLowerCase()) {
    case 'https':
    case 'wss':
      return 'https'
    case 'http':
    case 'ws':
      return 'http'
    default:
      return null
  }
}
