import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/proxy-reap/behaviour.js'
import { type Input, proxyReap } from '../../src/actions/proxy-reap/schema.js'
import type { Plan, PlanDraft } from '../../src/domain/plan.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { fleetOf } from '../fleet/fleets.js'
import { CLUSTER, type Cloud, lookAt, newCloud } from './cloud.js'
import { cloudWithParked, INCIDENT, park, SINCE, without } from './parked.js'

const plan = (cloud: Cloud, more: Partial<Input> = {}) =>
  behaviour.plan({ cluster: CLUSTER, ...more }, lookAt(cloud))
const ends = ({ changes }: PlanDraft) => changes.map(({ resource }) => resource)
const HOUR = 3_600_000

describe('the plan to reap', () => {
  it('ends what firebreak has parked, shows by what it can be told, and leaves what is in service', async () => {
    const { changes, summary, predicted, confirm } = okOf(await plan(cloudWithParked('i-2')))
    expect(changes).toEqual([
      {
        verb: 'terminate',
        resource: 'i-2',
        before: {
          state: 'parked',
          zone: 'us-east-1a',
          type: 'c7i.large',
          launched: '2026-11-01T00:00:00.000Z',
          'parked by': INCIDENT,
          'parked since': SINCE,
        },
        after: { state: 'terminated' },
      },
    ])
    expect(summary).toBe(`Terminate 1 parked proxy of ${CLUSTER}: i-2`)
    expect(proxyReap.output.parse(predicted)).toEqual({ reaped: ['i-2'] })
    expect(confirm).toBe('i-2')
  })

  it('is irreversible, takes no capacity, and says what can no longer be taken back', async () => {
    const { blast, undo, locks } = okOf(await plan(cloudWithParked('i-2', 'i-5')))
    expect(blast).toMatchObject({ irreversible: true, takes: 0, adds: 0 })
    expect(undo).toEqual([
      'a termination cannot be undone',
      `what ${INCIDENT} did with them can then no longer be taken back either`,
    ])
    expect(locks).toEqual([`cluster:${CLUSTER}`])
  })

  it('asks for cluster and count where it ends several, in the order of their ids', async () => {
    const draft = okOf(await plan(cloudWithParked('i-5', 'i-2')))
    expect(draft.confirm).toBe(`${CLUSTER} 2`)
    expect(ends(draft)).toEqual(['i-2', 'i-5'])
    expect(draft.commands).toEqual([
      'aws ec2 terminate-instances --instance-ids i-2',
      'aws ec2 terminate-instances --instance-ids i-5',
    ])
  })

  it('asks EC2 for permission for just those', async () => {
    const draft = okOf(await plan(cloudWithParked('i-2', 'i-5')))
    const bound: Plan = { ...draft, action: 'proxy.reap', with: {}, digest: 'd' }
    expect(behaviour.probes?.(bound)).toEqual([{ operation: 'TerminateInstances', ids: ['i-2', 'i-5'] }])
  })

  it('has nothing to do where nothing is parked, or what was is ended', async () => {
    expect(failureOf(await plan(newCloud())).code).toBe('plan.nothing-to-do')
    const ended = cloudWithParked('i-2')
    park(ended, 'i-2', { state: 'terminated' })
    expect(failureOf(await plan(ended)).code).toBe('plan.nothing-to-do')
    expect(failureOf(await plan(ended, { proxies: ['i-2'] })).code).toBe('plan.nothing-to-do')
  })

  it('leaves what somebody parked by hand, unless it is named', async () => {
    const cloud = without(cloudWithParked('i-2', 'i-5'), 'i-5', 'firebreak:incident')
    const all = okOf(await plan(cloud))
    expect(ends(all)).toEqual(['i-2'])
    expect(all.warnings).toEqual([
      'left out: i-5 is parked, and not by firebreak; name it under `proxies` if it may go',
    ])
    expect(ends(okOf(await plan(cloud, { proxies: ['i-5'] })))).toEqual(['i-5'])
  })

  it('goes on with the others where one that is named has ended already, and says so', async () => {
    const cloud = cloudWithParked('i-2', 'i-5')
    park(cloud, 'i-2', { state: 'shutting-down' })
    const draft = okOf(await plan(cloud, { proxies: ['i-2', 'i-5'] }))
    expect(ends(draft)).toEqual(['i-5'])
    expect(draft.warnings).toEqual(['i-2 is shutting-down already'])
  })
})

/** What speaks against one of two parked proxies, and the words that must say so. */
const OBJECTIONS: readonly [string, (cloud: Cloud) => unknown, string][] = [
  [
    'is in an Auto Scaling group',
    cloud => park(cloud, 'i-2', { tags: { 'aws:autoscaling:groupName': 'proxies-asg' } }),
    'i-2 is in the Auto Scaling group proxies-asg',
  ],
  [
    'still holds an elastic IP',
    cloud =>
      cloud.addresses.set('eipalloc-2', {
        allocationId: 'eipalloc-2',
        publicIp: '203.0.113.2',
        instanceId: 'i-2',
      }),
    'i-2 still holds the elastic IP 203.0.113.2',
  ],
  [
    'still has clients',
    cloud => cloud.connections.set('tcp://10.0.0.2:9999', 17),
    'i-2 still has 17 client sessions',
  ],
  [
    'was parked too late',
    cloud => park(cloud, 'i-2', { tags: { 'firebreak:parked-since': '2027-01-15T07:50:00.000Z' } }),
    'i-2 has been parked for 10m only, not for more than 30m',
  ],
  [
    'was parked nobody knows when',
    cloud => without(cloud, 'i-2', 'firebreak:parked-since'),
    'since when i-2 is parked is not known',
  ],
]

describe('a parked proxy that', () => {
  it.each(OBJECTIONS)('%s is left out where all are meant, with the reason', async (_what, change, words) => {
    const cloud = cloudWithParked('i-2', 'i-5')
    change(cloud)
    const draft = okOf(await plan(cloud, { older_than: HOUR / 2 }))
    expect(ends(draft)).toEqual(['i-5'])
    expect(draft.warnings).toEqual([expect.stringContaining(`left out: ${words}`)])
  })

  it.each(OBJECTIONS)(
    '%s is refused where it is named, and so are all beside it',
    async (_what, change, words) => {
      const cloud = cloudWithParked('i-2', 'i-5')
      change(cloud)
      const refused = failureOf(await plan(cloud, { proxies: ['i-2', 'i-5'], older_than: HOUR / 2 }))
      expect(refused.code).toBe('plan.impossible')
      expect(refused.message).toContain(words)
    },
  )

  it('does not answer may go, with a warning: that can be why it was parked', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.connections.delete('tcp://10.0.0.2:9999')
    const draft = okOf(await plan(cloud))
    expect(ends(draft)).toEqual(['i-2'])
    expect(draft.warnings).toEqual([expect.stringContaining('whether clients are still on i-2 is not known')])
  })

  it('is stopped has no clients', async () => {
    const cloud = cloudWithParked('i-2')
    park(cloud, 'i-2', { state: 'stopped' })
    cloud.connections.delete('tcp://10.0.0.2:9999')
    expect(okOf(await plan(cloud)).warnings).toEqual([])
  })
})

describe('a proxy that is named', () => {
  it('and in service is refused', async () => {
    const { code, message } = failureOf(await plan(cloudWithParked('i-2'), { proxies: ['i-3'] }))
    expect(code).toBe('plan.impossible')
    expect(message).toBe('i-3 is not parked: its firebreak:state is not set')
  })

  it('and of another cluster, or unknown to EC2, is refused', async () => {
    const cloud = park(cloudWithParked('i-2'), 'i-2', { tags: { cluster: 'us-east-c2' } })
    for (const id of ['i-2', 'i-9']) {
      const { code, message } = failureOf(await plan(cloud, { proxies: [id] }))
      expect(code).toBe('plan.impossible')
      expect(message).toBe(`EC2 shows no proxy ${id} of ${CLUSTER}`)
    }
  })
})

describe('no plan to reap', () => {
  it('is made for a cluster that the fleet file does not know', async () => {
    expect(failureOf(await plan(newCloud(), { cluster: 'us-west-c9' })).code).toBe('fleet.unknown-cluster')
  })

  it('is made where the proxies are a list in the fleet file', async () => {
    const cloud = cloudWithParked('i-2')
    cloud.fleet = fleetOf({ kind: 'static', targets: [{ id: 'i-2', private_ip: '10.0.0.2' }] })
    expect(failureOf(await plan(cloud)).code).toBe('plan.impossible')
  })

  it.each(['ec2', 'describeInstances', 'describeAddresses'])(
    'is made where EC2 cannot be asked (%s)',
    async what => {
      const cloud = cloudWithParked('i-2')
      cloud.failing.set(what, fail('ec2.unavailable', 'EC2 does not answer', 'wait'))
      expect(failureOf(await plan(cloud)).code).toBe('ec2.unavailable')
    },
  )
})
