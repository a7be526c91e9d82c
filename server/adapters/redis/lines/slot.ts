// The part of a Cluster's keys that a key belongs to: a checksum (CRC-16/XMODEM) of its hash tag, as the Cluster specification says.

const SLOTS = 16_384
const POLYNOMIAL = 0x1021

export function slotOf(key: string): number {
  let crc = 0
  for (const byte of Buffer.from(tagOf(key))) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : crc << 1
  }
  return crc % SLOTS
}

/** What stands in the first braces, if anything does; else all of it. */
function tagOf(key: string): string {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  return close > open + 1 ? key.slice(open + 1, close) : key
}
