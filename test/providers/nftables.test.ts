import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok } from '../../src/domain/result.js'
import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import type { PortScope } from '../../src/providers/nftables/contract.js'
import { nftables } from '../../src/providers/nftables/nftables.js'
import { findOverlap, overlaps, spanOf } from '../../src/providers/nftables/span.js'
import { failureOf, okOf } from './wire.js'

const SCOPE: PortScope = { protocol: 'tcp', ports: { from: 11_211, to: 11_214 } }

const prefixOf = (text: string): Prefix => okOf(parsePrefix(text)).prefix
const CLIENT = prefixOf('192.0.2.7')

/** A host that must not be asked. */
const untouched = nftables('ssh://proxy', async () => expect.fail('it was sent'))

describe('what nftables is asked', () => {
  it.each([
    [['192.0.2.0/24', '192.0.2.7']],
    [['192.0.2.7', '198.51.100.0/24', '192.0.2.0/24']],
    [['2001:db8::/32', '2001:db8:1::/48']],
    [['192.0.2.7', '192.0.2.7/32']],
  ])('what overlaps is refused: %j', async prefixes => {
    expect(failureOf(await untouched.deny(prefixes.map(prefixOf), SCOPE, 60)).message).toContain('overlap')
  })

  it.each([0, -1, 1.5, Number.NaN, 2_592_001])('%d seconds are no time of an entry', async ttl => {
    expect(failureOf(await untouched.deny([CLIENT], SCOPE, ttl)).code).toBe('input.invalid')
  })

  it.each([
    [0, 11_211],
    [11_211, 65_536],
    [11_212, 11_211],
    [1.5, 2],
  ])('%d to %d are no ports', async (from, to) => {
    const scope = { ...SCOPE, ports: { from, to } }
    expect(failureOf(await untouched.deny([CLIENT], scope, 60)).code).toBe('input.invalid')
  })

  it('no prefixes are none to send', async () => {
    expect(okOf(await untouched.deny([], SCOPE, 60))).toBe(null)
    expect(okOf(await untouched.allow([], SCOPE))).toBe(null)
  })

  it('an overlap is found among any prefixes, exactly where two of them overlap', () => {
    const prefix = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([last, length]) => {
      const kept = last & (0xff << (32 - length)) & 0xff
      return spanOf(prefixOf(`192.0.2.${kept}/${length}`))
    })
    const holds = fc.property(fc.array(prefix, { maxLength: 8 }), spans => {
      const pairwise = spans.some((one, at) => spans.slice(at + 1).some(other => overlaps(one, other)))
      expect(findOverlap(spans) !== undefined).toBe(pairwise)
    })
    fc.assert(holds)
  })
})

describe('a change of nftables', () => {
  const NO_TABLE = {
    exit: 1,
    stdout: '',
    stderr: 'Error: No such file or directory\nlist table inet firebreak\n',
  }

  it.each([
    ['whose answer did not fit', { exit: 1, stdout: '', stderr: 'netlink: Error: No buffer space available' }],
    ['that a signal ended, as a shell says it', { exit: 137, stdout: '', stderr: '' }],
  ])('%s is in doubt: it may have been made', async (_, ended) => {
    const { deny } = nftables('ssh://proxy', async ({ argv }) => ok(argv.includes('list') ? NO_TABLE : ended))
    expect(failureOf(await deny([CLIENT], SCOPE, 60)).code).toBe('target.timeout')
  })

  it('is not sent where the look before it was not understood', async () => {
    const { deny, allow } = nftables('ssh://proxy', async ({ argv }) => {
      expect(argv).toContain('list')
      return ok({ exit: 0, stdout: '{"nftables": [', stderr: '' })
    })
    for (const result of [await deny([CLIENT], SCOPE, 60), await allow([CLIENT], SCOPE)])
      expect(failureOf(result).code).toBe('target.protocol')
  })
})
