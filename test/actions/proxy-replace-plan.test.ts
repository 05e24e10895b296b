import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readChanges } from '../../src/actions/proxy-replace/changes.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { planFor as plan, withProxies } from './applied.js'
import { CLUSTER, type Cloud, newCloud } from './cloud.js'

const planFor = (cloud: Cloud, ...proxies: string[]) => plan(cloud, { proxies })

describe('the plan to replace a proxy', () => {
  it('shows the launch, the move and the park, each with what is there now', async () => {
    const { changes } = okOf(await planFor(newCloud(), 'i-3'))
    expect(changes).toEqual([
      {
        verb: 'launch',
        resource: 'the new proxy for i-3',
        before: null,
        after: {
          cluster: CLUSTER,
          launch_template: 'lt-proxy',
          subnets: ['subnet-a1', 'subnet-b1'],
          instance_types: ['c7i.large', 'c7a.large'],
          tags: { role: 'proxy', cluster: CLUSTER },
        },
      },
      {
        verb: 'move',
        resource: 'eipalloc-3',
        before: { instance: 'i-3', association: 'assoc-3' },
        after: { instance: 'the new proxy for i-3' },
      },
      { verb: 'park', resource: 'i-3', before: { state: 'in service' }, after: { state: 'parked' } },
    ])
  })

  it('is what `apply` reads back', async () => {
    const { changes } = okOf(await planFor(newCloud(), 'i-3'))
    expect(readChanges(changes)).toMatchObject([
      {
        old: 'i-3',
        launch: { cluster: CLUSTER },
        leave: { by: 'move', allocation: 'eipalloc-3', association: 'assoc-3' },
      },
    ])
  })

  it('takes no capacity: the new one serves before the old one goes', async () => {
    expect(okOf(await planFor(newCloud(), 'i-3')).blast).toEqual({
      cluster: CLUSTER,
      serving: 6,
      floor: 4,
      takes: 0,
      unavailable: 0,
      adds: 1,
      irreversible: false,
    })
  })

  it('counts as serving what answers on the data path', async () => {
    const cloud = newCloud()
    for (const n of [1, 2, 3]) cloud.dead.add(`tcp://10.0.0.${n}:11211`)
    expect(okOf(await planFor(cloud, 'i-3')).blast).toMatchObject({ serving: 3, unavailable: 3, takes: 0 })
  })

  it('says how many connections the move cuts, as a fact and not as something bound', async () => {
    const cloud = newCloud()
    cloud.connections.set('tcp://10.0.0.3:9999', 9_000)
    const before = okOf(await planFor(newCloud(), 'i-3'))
    const after = okOf(await planFor(cloud, 'i-3'))
    expect(after.facts).toEqual([
      { label: 'connections cut by the move', value: 9_000, unit: 'connections', worse: 'higher' },
    ])
    expect(after.changes).toEqual(before.changes)
    expect(after.warnings[0]).toContain('breaks every open connection of i-3')
  })

  it('says that it does not know how many where the old one does not answer', async () => {
    const cloud = newCloud()
    cloud.connections.delete('tcp://10.0.0.3:9999')
    const { facts, warnings } = okOf(await planFor(cloud, 'i-3'))
    expect(facts).toEqual([])
    expect(warnings[0]).toContain('how many is not known')
  })

  it('warns of a saved inventory and of an Auto Scaling group', async () => {
    const cloud = newCloud()
    cloud.inventory = { source: 'saved', because: 'EC2 does not answer' }
    const three = cloud.instances.get('i-3')!
    cloud.instances.set('i-3', { ...three, tags: { ...three.tags, 'aws:autoscaling:groupName': 'asg-1' } })
    const { warnings } = okOf(await planFor(cloud, 'i-3'))
    expect(warnings).toContain('the inventory is a saved one: EC2 does not answer')
    expect(warnings.some(warning => warning.includes('asg-1'))).toBe(true)
  })

  it('asks for the id of the proxy where it is typed', async () => {
    expect(okOf(await planFor(newCloud(), 'i-3')).confirm).toBe('i-3')
  })

  it('locks the cluster', async () => {
    expect(okOf(await planFor(newCloud(), 'i-3')).locks).toEqual([`cluster:${CLUSTER}`])
  })

  it('gives the same as aws commands, each argument one word of a shell', async () => {
    const { cloud, tags } = { cloud: newCloud(), tags: { role: 'proxy', note: "it's 5 o'clock" } }
    const world = withProxies(cloud, {
      discover: { kind: 'ec2', tags },
      launchTemplate: 'lt-0123456789abcdef0',
    })
    const [launch, ...more] = okOf(await planFor(world, 'i-3')).commands
    const words = execFileSync('sh', ['-c', `printf '%s\n' ${launch}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
    expect(words.slice(0, -1)).toEqual([
      ...['aws', 'ec2', 'run-instances', '--launch-template', 'LaunchTemplateId=lt-0123456789abcdef0'],
      ...['--subnet-id', 'subnet-a1', '--instance-type', 'c7i.large', '--client-token', '<token>'],
      '--tag-specifications',
    ])
    expect(JSON.parse(words.at(-1) ?? '')).toEqual([
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'role', Value: 'proxy' },
          { Key: 'note', Value: "it's 5 o'clock" },
          { Key: 'firebreak:state', Value: 'launching' },
        ],
      },
    ])
    expect(more).toEqual([
      "aws ec2 create-tags --resources '<new>' --tags Key=firebreak:state,Value=in-service",
      "aws ec2 associate-address --allocation-id eipalloc-3 --instance-id '<new>' --allow-reassociation",
      'aws ec2 create-tags --resources i-3 --tags Key=firebreak:state,Value=parked',
    ])
  })

  it('predicts an output that fits its schema', async () => {
    const { predicted } = okOf(await planFor(newCloud(), 'i-3'))
    expect(proxyReplace.output.parse(predicted)).toEqual({
      replaced: [{ old: 'i-3', new: 'the new proxy for i-3' }],
      dropped: [],
    })
  })

  it('changes nothing', async () => {
    const cloud = newCloud()
    await planFor(cloud, 'i-3')
    expect(cloud.sent).toEqual([])
  })
})

describe('tags by which the fleet is found and which a launch cannot set', () => {
  it.each([
    ['role', 'prox*'],
    ['role', 'prox?'],
    ['team*', 'cache'],
    ['aws:autoscaling:groupName', 'proxies'],
  ])('make no plan, and are named with what to do: %s=%s', async (key, value) => {
    const discover = { kind: 'ec2', tags: { cluster: CLUSTER, [key]: value } } as const
    const failed = failureOf(await planFor(withProxies(newCloud(), { discover }), 'i-1'))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toContain(`${key}=${value}`)
    expect(failed.next).toContain('discover')
  })
})

describe('no plan to replace a proxy', () => {
  it.each<[string, string, (cloud: Cloud) => Cloud | undefined, string[]]>([
    ['plan.impossible', 'that is not in service', cloud => cloud, ['i-99']],
    [
      'plan.impossible',
      'whose clients do not come by elastic IP',
      cloud => withProxies(cloud, { address: 'target-group' }),
      ['i-1'],
    ],
    ['plan.impossible', 'without a place to launch in', cloud => withProxies(cloud, { subnets: [] }), ['i-1']],
    [
      'plan.impossible',
      'without a type to launch',
      cloud => withProxies(cloud, { instanceTypes: [] }),
      ['i-1'],
    ],
    [
      'plan.impossible',
      'that has no address to move',
      cloud => {
        cloud.addresses.delete('eipalloc-1')
        return cloud
      },
      ['i-1'],
    ],
    [
      'plan.impossible',
      'that has two addresses',
      cloud => {
        cloud.addresses.set('eipalloc-2', { ...cloud.addresses.get('eipalloc-2')!, instanceId: 'i-1' })
        return cloud
      },
      ['i-1'],
    ],
    [
      'ec2.unavailable',
      'while EC2 cannot be asked',
      cloud => {
        cloud.failing.set('ec2', fail('ec2.unavailable', 'EC2 does not answer', 'wait'))
        return cloud
      },
      ['i-1'],
    ],
  ])('is made (%s) %s', async (code, _what, arrange, proxies) => {
    const cloud = newCloud()
    expect(failureOf(await planFor(arrange(cloud) ?? cloud, ...proxies)).code).toBe(code)
    expect(cloud.sent).toEqual([])
  })
})
