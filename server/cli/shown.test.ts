// What check-config shows of a setting.
import { expect, test } from 'bun:test'
import { Proxies } from '../http/proxies.ts'
import { settingsIn } from './shown.ts'

test('trusted proxies are no secret: they are shown as they were given, and none as none', () => {
  const config = (...networks: string[]) => ({ proxies: new Proxies(networks) })
  expect(settingsIn(config())).toEqual([['proxies', 'none']])
  expect(settingsIn(config('127.0.0.1', '10.0.0.0/8'))).toEqual([['proxies', '127.0.0.1, 10.0.0.0/8']])
})
