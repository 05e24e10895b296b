import { describe, expect, it } from 'vitest'
import { BRISK_MS, briskDiscovery } from '../../src/commands/support/brisk-discovery.js'
import { eagerEyes } from '../../src/commands/triage/eyes.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { Inventory, Target } from '../../src/fleet/inventory.js'
import type { Ec2, Instance, InstanceQuery } from '../../src/providers/contract.js'
import type { Look } from '../../src/providers/look.js'
import { lookAt, newCloud } from '../actions/cloud.js'
import { fleetOf } from '../fleet/fleets.js'
import { jumpingClock } from '../providers/clock.js'
import { failureOf, okOf } from '../providers/wire.js'

const CLUSTER = 'us-east-c1'
const FLEET = fleetOf({ kind: 'ec2', tags: { role: 'proxy' } })

const target = (id: string): Target => ({
  id,
  cluster: CLUSTER,
  role: 'proxy',
  admin: `tcp://${id}:9999`,
  data: `tcp://${id}:11211`,
  tags: {},
})
const SAVED: Inventory = { cluster: CLUSTER, role: 'proxy', at: 1, source: 'ec2', targets: [target('old')] }
const INSTANCE: Instance = { id: 'i-1', state: 'running', privateIp: '10.0.0.1', tags: {} }
const MISMATCH = fail('account.mismatch', 'these credentials are of account 2.', 'use the others')

type Scene = {
  readonly saved?: Inventory
  readonly account?: Result<string>
  /** Milliseconds until STS and EC2 answer. */
  readonly sts?: number
  readonly ec2?: number
}

const scene = ({ saved, account = ok('1'), sts = 0, ec2 = 0 }: Scene) => {
  const clock = jumpingClock()
  const asked: InstanceQuery[] = []
  const kept: Inventory[] = []
  const after = async <T>(ms: number, value: T): Promise<T> => {
    await clock.sleep(ms)
    return value
  }
  const describeInstances: Ec2['describeInstances'] = query => {
    asked.push(query)
    return after(ec2, ok([INSTANCE]))
  }
  const store = {
    load: () => saved,
    save: (inventory: Inventory) => {
      kept.push(inventory)
      return ok(null)
    },
  }
  const discover = briskDiscovery({
    fleet: FLEET,
    clock,
    store,
    account: () => after(sts, account),
    // Nothing else of EC2 is asked for by discovery.
    providers: { ec2: async () => ok({ describeInstances } as Ec2) },
  })
  return { clock, asked, kept, discover, store }
}

describe('discovery that answers at once', () => {
  it('asks once for what many want to know, and keeps it', async () => {
    const { discover, asked, kept } = scene({})
    const [one, other] = await Promise.all([discover(CLUSTER, 'proxy'), discover(CLUSTER, 'proxy')])
    expect(okOf(one).targets.map(({ id }) => id)).toEqual(['i-1'])
    expect(other).toBe(one)
    expect(asked).toHaveLength(1)
    expect(kept).toHaveLength(1)
  })

  it.each([undefined, SAVED])(
    'has little patience with EC2, with an inventory to fall back on or without',
    async saved => {
      const { discover, asked } = scene(saved ? { saved } : {})
      await discover(CLUSTER, 'proxy')
      expect(asked[0]?.patience).toBeGreaterThan(0)
      expect(asked[0]?.patience).toBeLessThanOrEqual(BRISK_MS)
    },
  )

  it('neither shows nor keeps the instances of another account, however late that is known', async () => {
    const { discover, kept } = scene({ saved: SAVED, account: MISMATCH, sts: 2_000 })
    const found = okOf(await discover(CLUSTER, 'proxy'))
    expect(found).toMatchObject({ source: 'saved', because: 'these credentials are of account 2.' })
    expect(found.targets).toEqual(SAVED.targets)
    expect(kept).toEqual([])
  })

  it('fails with another account and no inventory', async () => {
    const { discover } = scene({ account: MISMATCH })
    expect(failureOf(await discover(CLUSTER, 'proxy')).code).toBe('discovery.failed')
  })

  it('goes on where it cannot be found out whose account it is', async () => {
    const { discover } = scene({ account: fail('ec2.unavailable', 'STS does not answer.', 'wait') })
    expect(okOf(await discover(CLUSTER, 'proxy')).source).toBe('ec2')
  })
})

/** A look whose runtime APIs remember when they were asked. */
const watched = ({ clock, discover, store }: ReturnType<typeof scene>) => {
  const started = clock.now()
  const asked: [string, number][] = []
  const base = lookAt(newCloud())
  const look: Look = {
    ...base,
    clock,
    discover,
    providers: {
      ...base.providers,
      haproxy: url => ({
        ...base.providers.haproxy(url),
        stat: async () => {
          asked.push([url, clock.now() - started])
          return ok([])
        },
      }),
    },
  }
  return { eyes: eagerEyes(look, store), asked }
}

describe('the eyes of triage', () => {
  it('ask each proxy once, however many want to know', async () => {
    const { eyes, asked } = watched(scene({}))
    await Promise.all([eyes.providers.haproxy('tcp://a:1').stat(), eyes.providers.haproxy('tcp://a:1').stat()])
    expect(asked.map(([url]) => url)).toEqual(['tcp://a:1'])
  })

  it('ask the proxies of the last inventory already while EC2 takes its time', async () => {
    const { eyes, asked } = watched(scene({ saved: SAVED, ec2: 3_000 }))
    await eyes.discover(CLUSTER, 'proxy')
    expect(asked).toEqual([['tcp://old:9999', 1_000]])
  })

  it('ask nobody whom an EC2 that answers does not name', async () => {
    const { eyes, asked } = watched(scene({ saved: SAVED, ec2: 900 }))
    await eyes.discover(CLUSTER, 'proxy')
    expect(asked).toEqual([])
  })
})
