import { describe, expect, it } from 'vitest'
import type { Result } from '../../src/domain/result.js'
import { fail, ok } from '../../src/domain/result.js'
import type { DiscoveryTools, InstanceReader } from '../../src/fleet/discovery.js'
import { discover } from '../../src/fleet/discovery.js'
import type { Inventory } from '../../src/fleet/inventory.js'
import type { FoundInstance } from '../../src/fleet/target.js'
import type { Ec2 } from '../../src/providers/contract.js'
import { fastClock } from '../providers/clock.js'
import { failureOf, okOf } from '../providers/wire.js'
import { fleetOf } from './fleets.js'

const CLUSTER = 'us-east-c1'
const EC2_FLEET = fleetOf({ kind: 'ec2', tags: { role: 'proxy', cluster: CLUSTER } })
const THROTTLED = fail('ec2.throttled', 'DescribeInstances: throttled.', 'Wait.')

/** Tools that answer so, and remember what they were asked and what they were given to keep. */
const tools = (found: Result<readonly FoundInstance[]>, saved?: Inventory) => {
  const asked: Parameters<InstanceReader['describeInstances']>[0][] = []
  const kept: Inventory[] = []
  const describeInstances: InstanceReader['describeInstances'] = async query => {
    asked.push(query)
    return found
  }
  const all: DiscoveryTools = {
    reader: async () => ok({ describeInstances }),
    store: {
      load: () => saved,
      save: inventory => {
        kept.push(inventory)
        return ok(null)
      },
    },
    clock: { ...fastClock(), now: () => 1_000 },
  }
  return { all, asked, kept }
}

const instance = (id: string, more: Partial<FoundInstance> = {}): FoundInstance => ({
  id,
  privateIp: '10.0.0.1',
  tags: {},
  ...more,
})

const SAVED: Inventory = { cluster: CLUSTER, role: 'proxy', at: 500, source: 'ec2', targets: [] }

describe('discovery through EC2', () => {
  it('fits the EC2 provider', () => {
    const provider = {} as Pick<Ec2, 'describeInstances'> // only its type matters here
    const reader: InstanceReader = provider
    expect(reader).toBe(provider)
  })

  it('asks for the tags of the fleet file, and for what runs or starts', async () => {
    const { all, asked } = tools(ok([]))
    okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all))
    expect(asked).toEqual([
      {
        filters: [
          { name: 'tag:role', values: ['proxy'] },
          { name: 'tag:cluster', values: [CLUSTER] },
          { name: 'instance-state-name', values: ['pending', 'running'] },
        ],
      },
    ])
  })

  it('finds targets with their addresses filled in, in the order of their ids', async () => {
    const more = {
      zone: 'us-east-1a',
      subnet: 'subnet-a1',
      instanceType: 'c7i.large',
      launchedAt: '2026-11-23T04:12:00Z',
    }
    const { all } = tools(
      ok([instance('i-2'), instance('i-1', { ...more, privateIp: '10.0.0.9', tags: { a: 'b' } })]),
    )
    const inventory = okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all))
    expect(inventory).toMatchObject({ cluster: CLUSTER, role: 'proxy', at: 1_000, source: 'ec2' })
    expect(inventory.targets.map(({ id }) => id)).toEqual(['i-1', 'i-2'])
    expect(inventory.targets[0]).toEqual({
      id: 'i-1',
      cluster: CLUSTER,
      role: 'proxy',
      admin: 'tcp://10.0.0.9:9999',
      data: 'tcp://10.0.0.9:11211',
      privateIp: '10.0.0.9',
      tags: { a: 'b' },
      ...more,
    })
  })

  it('leaves out what is parked, and what was launched and does not serve yet', async () => {
    const inState = (id: string, state: string) => instance(id, { tags: { 'firebreak:state': state } })
    const found = [
      instance('i-1'),
      inState('i-2', 'parked'),
      inState('i-3', 'launching'),
      inState('i-4', 'in-service'),
    ]
    const { all } = tools(ok(found))
    const { targets } = okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all))
    expect(targets.map(({ id }) => id)).toEqual(['i-1', 'i-4'])
  })

  it('keeps a target without an address in the list, where it will be unseen', async () => {
    const { all } = tools(ok([{ id: 'i-1', tags: {} }]))
    const { targets } = okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all))
    expect(targets[0]?.data).toBe('tcp://{private_ip}:11211')
  })

  it('saves what it found, but not that it found nothing', async () => {
    const found = tools(ok([instance('i-1')]))
    const inventory = okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', found.all))
    expect(found.kept).toEqual([inventory])
    const none = tools(ok([]))
    expect(okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', none.all)).targets).toEqual([])
    expect(none.kept).toEqual([])
  })
})

describe('discovery while EC2 fails', () => {
  it('goes on with the last inventory, and says how old it is and why', async () => {
    const { all, kept } = tools(THROTTLED, SAVED)
    expect(okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all))).toEqual({
      ...SAVED,
      source: 'saved',
      because: 'DescribeInstances: throttled.',
    })
    expect(kept).toEqual([])
  })

  it('is less patient when there is something to fall back on', async () => {
    const { all, asked } = tools(THROTTLED, SAVED)
    await discover(EC2_FLEET, CLUSTER, 'proxy', all)
    expect(asked[0]?.patience).toBeLessThan(5_000)
  })

  it('also when there is no EC2 to ask', async () => {
    const all = {
      ...tools(ok([]), SAVED).all,
      reader: async () => fail('ec2.unavailable', 'No region.', 'Name it.'),
    }
    expect(okOf(await discover(EC2_FLEET, CLUSTER, 'proxy', all)).because).toBe('No region.')
  })

  it('fails where nothing was ever saved', async () => {
    const failed = failureOf(await discover(EC2_FLEET, CLUSTER, 'proxy', tools(THROTTLED).all))
    expect(failed.code).toBe('discovery.failed')
    expect(failed.message).toContain('DescribeInstances: throttled.')
  })
})

describe('discovery from a list', () => {
  const fields = { id: 'proxy-1', private_ip: '127.0.0.2', zone: 'us-east-1a' }
  const fleet = fleetOf({ kind: 'static', targets: [{ ...fields, id: 'proxy-2' }, fields] })

  it('asks nobody', async () => {
    const { all, asked, kept } = tools(THROTTLED)
    const reader = () => Promise.reject(new Error('nobody should ask'))
    const inventory = okOf(await discover(fleet, CLUSTER, 'proxy', { ...all, reader }))
    expect(inventory.source).toBe('static')
    expect(inventory.targets[0]).toEqual({
      id: 'proxy-1',
      cluster: CLUSTER,
      role: 'proxy',
      admin: 'tcp://127.0.0.2:9999',
      data: 'tcp://127.0.0.2:11211',
      privateIp: '127.0.0.2',
      zone: 'us-east-1a',
      tags: {},
    })
    expect([asked, kept]).toEqual([[], []])
  })
})

describe('discovery of what the fleet file does not name', () => {
  it.each([
    ['us-west-c9', 'proxy', 'No cluster is named "us-west-c9".'],
    ['__proto__', 'proxy', 'No cluster is named "__proto__".'],
    [CLUSTER, 'shard', 'The fleet file names no shards of us-east-c1.'],
  ] as const)('%s %s is a failure', async (cluster, role, message) => {
    const failed = failureOf(await discover(EC2_FLEET, cluster, role, tools(ok([])).all))
    expect(failed).toMatchObject({ code: 'fleet.unknown-cluster', message })
  })
})
