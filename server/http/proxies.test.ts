// Who came, by what proxies say: believed of those that are known, from the right, and of nobody else.
import { describe, expect, test } from 'bun:test'
import { Proxies } from './proxies.ts'

const known = new Proxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8', '2001:db8:1::5'])
const addressOf = (peer: string, forwardedFor: string) => known.wayOf(peer, forwardedFor, '').address
const schemeOf = (peer: string, forwardedProto: string) => known.wayOf(peer, '', forwardedProto).scheme

describe('the address', () => {
  test('[L6] a peer that is not known is who came, whatever it says', () => {
    for (const peer of ['192.0.2.1', '11.0.0.1', '127.0.0.2', '2001:db8:1::6', 'unknown']) {
      expect(addressOf(peer, '198.51.100.7')).toBe(peer)
    }
    expect(new Proxies([]).wayOf('127.0.0.1', '198.51.100.7', 'https')).toEqual({ address: '127.0.0.1', scheme: null })
  })

  test('[L6] a known peer is believed, over IPv4, IPv6 and IPv4 that came over IPv6', () => {
    for (const peer of ['127.0.0.1', '10.255.0.9', 'fd12:3456::1', '2001:db8:1::5', '::ffff:10.0.0.1']) {
      expect(addressOf(peer, '198.51.100.7')).toBe('198.51.100.7')
      expect(addressOf(peer, '2001:DB8::7')).toBe('2001:db8::7')
    }
  })

  test('[L6] the first from the right that is not a known proxy is who came; what stands before it is their own say', () => {
    expect(addressOf('127.0.0.1', '203.0.113.66, 198.51.100.7')).toBe('198.51.100.7')
    expect(addressOf('127.0.0.1', '203.0.113.66, 198.51.100.7, 10.1.1.1, fd00::2')).toBe('198.51.100.7')
    expect(addressOf('127.0.0.1', '10.0.0.3, 198.51.100.7, 10.1.1.1')).toBe('198.51.100.7')
  })

  test('[L6] where all of them are known, the farthest is who came', () => {
    expect(addressOf('127.0.0.1', '10.0.0.3, 10.0.0.4')).toBe('10.0.0.3')
    expect(addressOf('127.0.0.1', '')).toBe('127.0.0.1')
  })

  test('[L6] a port is not part of the address', () => {
    expect(addressOf('127.0.0.1', '198.51.100.7:50123')).toBe('198.51.100.7')
    expect(addressOf('127.0.0.1', '[2001:db8::7]:50123')).toBe('2001:db8::7')
    expect(addressOf('127.0.0.1', '[2001:db8::7]')).toBe('2001:db8::7')
  })

  test('[L6] what is no address ends the chain at the last one that is', () => {
    const malformed = [
      'unknown',
      '_hidden',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      'fe80::1%eth0',
      ':::',
      '<b>',
    ]
    for (const text of [...malformed, '1.2.3.4\u0000', "' OR 1=1", '1.2.3.4:x', '[1.2.3.4', '😀', 'a'.repeat(10_000)]) {
      expect(addressOf('127.0.0.1', `198.51.100.7, ${text}`)).toBe('127.0.0.1')
      expect(addressOf('127.0.0.1', `${text}, 10.0.0.9`)).toBe('10.0.0.9')
      expect(addressOf('127.0.0.1', `${text}, 198.51.100.7`)).toBe('198.51.100.7')
    }
    expect(addressOf('127.0.0.1', ', , ,')).toBe('127.0.0.1')
  })

  test('[L6] a chain of thousands costs no more than a long one', () => {
    const chain = Array.from({ length: 5_000 }, (_, hop) => `10.0.${hop >> 8}.${hop & 255}`).join(',')
    expect(addressOf('127.0.0.1', chain)).toStartWith('10.0.19.')
  })
})

describe('the scheme', () => {
  test('[L8] is the nearest proxy’s word, if the proxy is known', () => {
    expect(schemeOf('127.0.0.1', 'https')).toBe('https')
    expect(schemeOf('127.0.0.1', 'HTTP')).toBe('http')
    expect(schemeOf('127.0.0.1', 'wss')).toBe('https')
    expect(schemeOf('127.0.0.1', 'https, http')).toBe('http')
    expect(schemeOf('192.0.2.1', 'https')).toBeNull()
  })

  test('[L8] is not known when the word makes no sense', () => {
    for (const word of ['', 'httpsx', 'ftp', 'https;', 'https:', 'https\u0000', ',']) {
      expect(schemeOf('127.0.0.1', word)).toBeNull()
    }
  })
})

test('networks are taken with and without their length, and nothing that only looks like one', () => {
  for (const good of ['0.0.0.0/0', '::/0', '10.0.0.1/32', 'fd00::1/128', '::ffff:10.0.0.1', '::1']) new Proxies([good])
  for (const bad of [
    '',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'proxy',
    '*',
  ])
    expect(() => new Proxies([bad])).toThrow(bad)
})
