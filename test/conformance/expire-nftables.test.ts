import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { removeAll } from '../../src/commands/expire/remove.js'
import { ok } from '../../src/domain/result.js'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import { createProviders, type ProviderSet } from '../../src/providers/providers.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { okOf, testWire } from '../providers/wire.js'
import { NFT_SERVICE, type ProxyNetwork } from './proxy-network.js'
import { eachService } from './service.js'

const SCOPE = { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } } as const
const PREFIX = prefixOf('198.51.100.128/25')

eachService('filters in nftables', [NFT_SERVICE], service => {
  let net: ProxyNetwork
  let providers: ProviderSet
  const wire = testWire()
  beforeAll(async () => {
    net = await service.start()
  }, 60_000)
  afterAll(() => net?.stop())
  beforeEach(() => {
    const outside = { env: process.env, redact: (text: string) => text }
    providers = createProviders({ ...wire, outside, ssh: net.sshd.settings })
  })
  afterEach(() => providers.close())

  const expire = async () => {
    const standing: StandingFilter = {
      ...{ filter: 'f-1', incident: '20261124-0412-kqzx', cluster: 'edge', scope: SCOPE },
      place: { by: 'nftables', proxy: 'p1', host: net.host },
      prefixes: [PREFIX],
      until: wire.clock.now() - 60_000,
    }
    const struck: string[] = []
    const register = {
      all: () => [standing],
      write: () => ok(null),
      strike: ({ filter }: Pick<StandingFilter, 'filter'>) => {
        struck.push(filter)
        return ok(null)
      },
    }
    const held = [{ fleet: 'x', register, standing }]
    const [outcome] = await removeAll(held, { clock: wire.clock, reach: { at: () => providers } })
    return { state: outcome?.became.state, struck }
  }

  it('that the kernel has ended are struck out after a look', async () => {
    expect(await expire()).toEqual({ state: 'gone', struck: ['f-1'] })
  })

  it('that stand over their time are removed', async () => {
    const nftables = providers.nftables(net.host)
    okOf(await nftables.deny([PREFIX], SCOPE, 3_600))
    expect(okOf(await nftables.look()).map(({ prefix }) => prefix)).toEqual([PREFIX])
    expect(await expire()).toEqual({ state: 'removed', struck: ['f-1'] })
    expect(okOf(await nftables.look())).toEqual([])
  })
})
