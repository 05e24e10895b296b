import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/cluster-scale/behaviour.js'
import { clusterScale } from '../../src/actions/cluster-scale/schema.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Plan, PlanDraft } from '../../src/domain/plan.js'
import { fail } from '../../src/domain/result.js'
import type { Instance } from '../../src/providers/contract.js'
import { failureOf, okOf } from '../engine/results.js'
import { fleetOf } from '../fleet/fleets.js'
import { withProxies } from './applied.js'
import { CLUSTER, type Cloud, lookAt, newCloud } from './cloud.js'

const plan = (cloud: Cloud, more: JsonObject) =>
  behaviour.plan(clusterScale.input.parse({ cluster: CLUSTER, ...more }), lookAt(cloud))

const change = (cloud: Cloud, id: string, more: Partial<Instance>): void => {
  const instance = cloud.instances.get(id)
  if (!instance) throw new Error(`no ${id}`)
  cloud.instances.set(id, { ...instance, ...more, tags: { ...instance.tags, ...more.tags } })
}

/** Launched by firebreak on that day of November. */
const ours = (cloud: Cloud, id: string, day: number): void =>
  change(cloud, id, { launchedAt: `2026-11-0${day}T00:00:00.000Z`, tags: { 'firebreak:op': `token-${id}` } })

/** Four in us-east-1a, two in us-east-1b. */
const inZones = (): Cloud => {
  const cloud = newCloud()
  for (const n of [1, 2, 3, 4]) change(cloud, `i-${n}`, { zone: 'us-east-1a' })
  for (const n of [5, 6]) change(cloud, `i-${n}`, { zone: 'us-east-1b' })
  return cloud
}

const placesIn = ({ changes }: PlanDraft) => changes.map(({ after }) => after?.subnets)
const verbsIn = ({ changes }: PlanDraft) => changes.map(({ verb, resource }) => `${verb} ${resource}`)

describe('the input of cluster.scale', () => {
  it.each([{}, { to: 7, by: 1 }, { by: 0 }, { to: -1 }, { by: 1.5 }])('refuses %j', more => {
    expect(clusterScale.input.safeParse({ cluster: CLUSTER, ...more }).success).toBe(false)
  })

  it.each([{ to: 0 }, { to: 8 }, { by: 2 }, { by: -1 }])('takes %j', more => {
    expect(clusterScale.input.safeParse({ cluster: CLUSTER, ...more }).success).toBe(true)
  })

  it('is refused by a guardrail where it takes more away than may be out at once in any posture', () => {
    const { guardrails } = newCloud().fleet // 1, and 3 in aggressive posture
    expect(clusterScale.refusedBy?.({ by: -3 }, guardrails)).toBeUndefined()
    expect(clusterScale.refusedBy?.({ by: -4 }, guardrails)).toMatchObject({ key: 'by' })
    expect(clusterScale.refusedBy?.({ by: null }, guardrails)).toBeUndefined()
  })
})

describe('the plan to have more proxies', () => {
  it('launches as many as are missing, each first where the fewest are by then', async () => {
    const draft = okOf(await plan(inZones(), { to: 10 }))
    expect(verbsIn(draft)).toEqual([1, 2, 3, 4].map(n => `launch new proxy ${n}`))
    // Two more fill us-east-1b up to the four of us-east-1a; then they come in turn.
    const [a, b] = [
      ['subnet-a1', 'subnet-b1'],
      ['subnet-b1', 'subnet-a1'],
    ]
    expect(placesIn(draft)).toEqual([b, b, a, b])
    expect(draft.summary).toBe(
      `Launch 4 proxies for ${CLUSTER}, from 6 to 10: 3 in us-east-1b, 1 in us-east-1a`,
    )
    expect(draft.blast).toMatchObject({ serving: 6, takes: 0, adds: 4, unavailable: 0, irreversible: false })
  })

  it('is the same by a difference', async () => {
    const [to, by] = [okOf(await plan(inZones(), { to: 8 })), okOf(await plan(inZones(), { by: 2 }))]
    expect(by).toEqual(to)
  })

  it('tags what it launches as the fleet is found, and has types to fall back on', async () => {
    const [first] = okOf(await plan(newCloud(), { by: 1 })).changes
    expect(first?.after).toMatchObject({
      cluster: CLUSTER,
      launch_template: 'lt-proxy',
      instance_types: ['c7i.large', 'c7a.large'],
      tags: { role: 'proxy', cluster: CLUSTER },
    })
  })

  it('launches nothing in zones that are to be avoided', async () => {
    const draft = okOf(await plan(inZones(), { by: 2, avoid_zones: ['us-east-1b'] }))
    expect(placesIn(draft)).toEqual([['subnet-a1'], ['subnet-a1']])
  })

  it('says that nobody comes by an elastic IP to them', async () => {
    const draft = okOf(await plan(newCloud(), { by: 1 }))
    expect(draft.warnings).toEqual([expect.stringContaining('have no elastic IP')])
    const none = okOf(await plan(withProxies(newCloud(), { address: 'none' }), { by: 1 }))
    expect(none.warnings).toEqual([expect.not.stringContaining('elastic IP')])
  })

  it('says who is counted and does not serve, and which group knows nothing of them', async () => {
    const cloud = withProxies(newCloud(), { address: 'none' })
    cloud.dead.add('tcp://10.0.0.3:11211')
    change(cloud, 'i-1', { tags: { 'aws:autoscaling:groupName': 'proxies-asg' } })
    const { warnings, blast } = okOf(await plan(cloud, { by: 1 }))
    expect(warnings).toContain('counted though they do not serve now: i-3')
    expect(warnings).toContainEqual(expect.stringContaining('proxies-asg'))
    expect(blast).toMatchObject({ serving: 5, unavailable: 1 })
  })

  it('predicts what it does in the shape of its output', async () => {
    const { predicted } = okOf(await plan(newCloud(), { by: 2 }))
    expect(clusterScale.output.parse(predicted)).toEqual({
      launched: ['new proxy 1', 'new proxy 2'],
      parked: [],
    })
  })

  it('asks for permission to launch once, in its first place', async () => {
    const draft = okOf(await plan(inZones(), { by: 2 }))
    const bound: Plan = { ...draft, action: 'cluster.scale', with: {}, digest: 'd'.repeat(64) }
    expect(behaviour.probes?.(bound)).toMatchObject([
      { operation: 'RunInstances', request: { subnet: 'subnet-b1', instanceType: 'c7i.large' } },
    ])
  })

  it('takes no names: these are for those that go', async () => {
    expect(failureOf(await plan(newCloud(), { by: 1, proxies: ['i-1'] })).code).toBe('input.invalid')
  })
})

describe('the plan to have fewer proxies', () => {
  const grown = (): Cloud => {
    const cloud = newCloud()
    ours(cloud, 'i-5', 2)
    ours(cloud, 'i-2', 3)
    ours(cloud, 'i-6', 1)
    return cloud
  }

  it('takes those away that firebreak launched, oldest first: they are drained, and then parked', async () => {
    const draft = okOf(await plan(grown(), { by: -2, deadline: '30s' }))
    expect(verbsIn(draft)).toEqual([
      ...['drain i-6', 'shut-sessions i-6', 'park i-6'],
      ...['drain i-5', 'shut-sessions i-5', 'park i-5'],
    ])
    expect(draft.changes[0]).toMatchObject({
      before: { admin: 'tcp://10.0.0.6:9999', frontends: ['shard1'] },
      after: { frontends: 'stopped', deadline_seconds: 30 },
    })
    expect(draft.blast).toMatchObject({ serving: 6, takes: 2, adds: 0, unavailable: 2, irreversible: false })
    expect(clusterScale.output.parse(draft.predicted)).toEqual({ launched: [], parked: ['i-6', 'i-5'] })
  })

  it('asks for the id of one, and for cluster and count of several, which has to be typed', async () => {
    const [one, two] = [okOf(await plan(grown(), { by: -1 })), okOf(await plan(grown(), { to: 4 }))]
    expect([one.confirm, two.confirm]).toEqual(['i-6', `${CLUSTER} 2`])
    expect([one.atLeast?.level, two.atLeast?.level]).toEqual([undefined, 'typed'])
  })

  it('never chooses one that firebreak did not launch', async () => {
    const { code, message } = failureOf(await plan(grown(), { by: -4 }))
    expect(code).toBe('plan.impossible')
    expect(message).toContain('of the 6 proxies of us-east-c1 firebreak has launched 3')
  })

  it('takes others away where they are named, exactly as many as there are to be fewer', async () => {
    const draft = okOf(await plan(grown(), { by: -1, proxies: ['i-3'] }))
    expect(verbsIn(draft)).toEqual(['drain i-3', 'shut-sessions i-3', 'park i-3'])
    for (const proxies of [['i-3', 'i-4'], ['i-9']])
      expect(failureOf(await plan(grown(), { by: -1, proxies })).kind).toMatch(/user|environment/)
    expect(okOf(await plan(grown(), { by: -1, proxies: ['i-3', 'i-3'] })).confirm).toBe('i-3')
  })

  it('takes none out of an Auto Scaling group, which would act on that', async () => {
    const cloud = grown()
    change(cloud, 'i-6', { tags: { 'aws:autoscaling:groupName': 'proxies-asg' } })
    for (const more of [{ by: -1 }, { by: -1, proxies: ['i-6'] }]) {
      const { code, message } = failureOf(await plan(cloud, more))
      expect(code).toBe('plan.impossible')
      expect(message).toContain('i-6 belongs to the Auto Scaling group proxies-asg')
    }
  })

  it('counts only those that serve as taken: what is dead already is no loss', async () => {
    const cloud = grown()
    cloud.dead.add('tcp://10.0.0.6:11211')
    expect(okOf(await plan(cloud, { by: -1 })).blast).toMatchObject({ serving: 5, takes: 0, unavailable: 1 })
  })

  it('parks one that does not answer as it is, and says so', async () => {
    const cloud = grown()
    cloud.connections.delete('tcp://10.0.0.6:9999')
    const draft = okOf(await plan(cloud, { by: -1 }))
    expect(verbsIn(draft)).toEqual(['park i-6'])
    expect(draft.warnings).toContainEqual(expect.stringContaining('i-6 does not answer'))
  })

  it('says which address then leads nowhere, where clients come by one', async () => {
    const { warnings } = okOf(await plan(grown(), { by: -1 }))
    expect(warnings).toContain('203.0.113.6 stays with i-6: who connects anew by it is refused')
    const cloud = grown()
    cloud.addresses.delete('eipalloc-6')
    expect(okOf(await plan(cloud, { by: -1 })).warnings.join()).not.toContain('stays with')
  })

  it('asks for permission to park them, and to take that back', async () => {
    const draft = okOf(await plan(grown(), { by: -2 }))
    const bound: Plan = { ...draft, action: 'cluster.scale', with: {}, digest: 'd' }
    expect(behaviour.probes?.(bound)).toMatchObject([
      { operation: 'CreateTags', ids: ['i-6', 'i-5'] },
      { operation: 'DeleteTags', ids: ['i-6', 'i-5'] },
    ])
  })
})

describe('no plan to scale', () => {
  it('is needed where the number is right', async () => {
    expect(failureOf(await plan(newCloud(), { to: 6 })).code).toBe('plan.nothing-to-do')
  })

  it('is made below none', async () => {
    expect(failureOf(await plan(newCloud(), { by: -7 })).code).toBe('input.invalid')
  })

  it('is made from an inventory of before: what is counted must be there', async () => {
    const cloud = newCloud()
    cloud.inventory = { source: 'saved', because: 'EC2 does not answer' }
    for (const more of [{ by: 1 }, { to: 5 }])
      expect(failureOf(await plan(cloud, more)).code).toBe('ec2.unavailable')
  })

  it('is made where EC2 does not tell the zones', async () => {
    const cloud = newCloud()
    cloud.failing.set('describeSubnets', fail('ec2.unavailable', 'EC2 does not answer', 'wait'))
    expect(failureOf(await plan(cloud, { by: 1 })).code).toBe('ec2.unavailable')
  })

  it('is made where the proxies are a list in the fleet file', async () => {
    const cloud = newCloud()
    cloud.fleet = fleetOf({ kind: 'static', targets: [{ id: 'i-1', private_ip: '10.0.0.1' }] })
    expect(failureOf(await plan(cloud, { by: 1 })).code).toBe('plan.impossible')
  })
})
