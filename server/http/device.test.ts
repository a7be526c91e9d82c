// What a device is called, by what it says of itself.
import { expect, test } from 'bun:test'
import { deviceOf } from './device.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test('[L13] a browser is called by its own name, also without a window, and not by those that it claims to be', () => {
  const system = 'Mozilla/5.0 (X11; Linux x86_64)'
  expect(deviceOf(`${system} ${WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36`)).toBe('Chrome on Linux')
  expect(deviceOf(`${system} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`)).toBe('Chrome on Linux')
  expect(deviceOf(`${system} ${WEBKIT} Version/18.0 Safari/605.1.15`)).toBe('Safari on Linux')
})
