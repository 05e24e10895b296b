import { expect, it } from 'vitest'
import { formatBytes } from '../../src/domain/size.js'

it.each([
  [0, '0 bytes'],
  [1_023, '1023 bytes'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [200 * 1_024, '200 KiB'],
  [65_536_000, '62.5 MiB'],
  [3 * 1_024 ** 3, '3 GiB'],
  [2_000 * 1_024 ** 4, '2000 TiB'],
])('%d bytes read as %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})
