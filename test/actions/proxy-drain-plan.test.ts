import { describe, expect, it } from 'vitest'
import { behaviour as draining } from '../../src/actions/proxy-drain/behaviour.js'
import { proxyDrain } from '../../src/actions/proxy-drain/schema.js'
import { behaviour as enabling } from '../../src/actions/proxy-enable/behaviour.js'
import { proxyEnable } from '../../src/actions/proxy-enable/schema.js'
import { ok } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER } from './cloud.js'
import { lookFor, newProxies, PAUSED, type Proxies, TIMEOUT } from './frontends.js'

const drain = (world: Proxies, ...proxies: string[]) => draining.plan({ proxies }, lookFor(world))
const enable = (world: Proxies, ...proxies: string[]) => enabling.plan({ proxies }, lookFor(world))

const stop = (world: Proxies, ...frontends: string[]): Proxies => {
  for (const frontend of frontends) world.status.set(frontend, PAUSED)
  return world
}

const admin = (n: number) => `tcp://10.0.0.${n}:9999`

describe('the plan to drain proxies', () => {
  it('stops each open frontend of the fleet file, and no other', async () => {
    const { changes } = okOf(await drain(stop(newProxies(), 'i-2/shard1'), 'i-2', 'i-3'))
    const open = (n: number) => ({ state: 'open', admin: admin(n) })
    const after = { state: 'stopped' }
    expect(changes).toEqual([
      { verb: 'disable', resource: 'i-2/shard2', before: open(2), after },
      { verb: 'disable', resource: 'i-3/shard1', before: open(3), after },
      { verb: 'disable', resource: 'i-3/shard2', before: open(3), after },
    ])
  })

  it('takes those that serve now, and leaves those that are out already out', async () => {
    const world = newProxies()
    for (const n of [3, 6]) world.cloud.dead.add(`tcp://10.0.0.${n}:11211`)
    expect(okOf(await drain(world, 'i-1', 'i-2', 'i-3')).blast).toEqual({
      cluster: CLUSTER,
      serving: 4,
      floor: 4,
      takes: 2,
      unavailable: 4,
      adds: 0,
      irreversible: false,
    })
  })

  it('says how many connections stay, as a fact and not as something bound', async () => {
    const { facts } = okOf(await drain(newProxies(), 'i-1', 'i-2'))
    expect(facts).toEqual([
      { label: 'open connections that stay', value: 400, unit: 'connections', worse: 'higher' },
    ])
  })

  it('gives the same as lines for a socket', async () => {
    expect(okOf(await drain(newProxies(), 'i-1')).commands).toEqual([
      'echo "disable frontend shard1" | socat stdio tcp:10.0.0.1:9999',
      'echo "disable frontend shard2" | socat stdio tcp:10.0.0.1:9999',
    ])
  })

  it.each([
    ['unix:/run/1:9999', 'socat stdio unix-connect:/run/1:9999'],
    ['ssh://10.0.0.1/run/1.sock', 'ssh 10.0.0.1 socat stdio unix-connect:/run/1.sock'],
    ['ssh://ops@10.0.0.1:2222/run/1.sock', 'ssh -p 2222 ops@10.0.0.1 socat stdio unix-connect:/run/1.sock'],
  ])('gives lines for the socket %s, too', async (admin, line) => {
    const world = newProxies()
    const look = lookFor(world)
    const discover: typeof look.discover = async (cluster, role) => {
      const inventory = okOf(await look.discover(cluster, role))
      return ok({
        ...inventory,
        targets: inventory.targets.map(one => ({ ...one, admin })),
      })
    }
    const { commands } = okOf(await draining.plan({ proxies: ['i-1'] }, { ...look, discover }))
    expect(commands[0]).toBe(`echo "disable frontend shard1" | ${line}`)
  })

  it('locks the cluster, and asks for the id, or for cluster and count', async () => {
    const one = okOf(await drain(newProxies(), 'i-3'))
    expect(one).toMatchObject({ locks: [`cluster:${CLUSTER}`], confirm: 'i-3' })
    expect(okOf(await drain(newProxies(), 'i-3', 'i-4', 'i-3')).confirm).toBe(`${CLUSTER} 2`)
  })

  it('predicts an output that fits its schema', async () => {
    const { predicted } = okOf(await drain(newProxies(), 'i-1'))
    expect(proxyDrain.output.parse(predicted)).toEqual({
      drained: [{ proxy: 'i-1', frontends: ['shard1', 'shard2'] }],
    })
  })

  it('works while EC2 does not answer, and says so', async () => {
    const world = newProxies()
    world.cloud.failing.set('ec2', TIMEOUT)
    world.cloud.inventory = { source: 'saved', because: 'EC2 does not answer' }
    const { warnings } = okOf(await drain(world, 'i-1'))
    expect(warnings).toContain('the inventory is a saved one: EC2 does not answer')
  })

  it('says that an elastic IP does not move', async () => {
    expect(okOf(await drain(newProxies(), 'i-1')).warnings[0]).toContain('elastic IPs stay')
  })
})

describe('the plan to enable proxies', () => {
  const drained = () => stop(newProxies(), 'i-2/shard1', 'i-2/shard2', 'i-3/shard2')

  it('opens each stopped frontend, and adds capacity', async () => {
    const { changes, blast, facts, commands } = okOf(await enable(drained(), 'i-2', 'i-3', 'i-4'))
    expect(changes.map(({ verb, resource, after }) => [verb, resource, after])).toEqual([
      ['enable', 'i-2/shard1', { state: 'open' }],
      ['enable', 'i-2/shard2', { state: 'open' }],
      ['enable', 'i-3/shard2', { state: 'open' }],
    ])
    expect(blast).toMatchObject({ takes: 0, adds: 2, unavailable: 0 })
    expect(facts).toEqual([])
    expect(commands[0]).toBe('echo "enable frontend shard1" | socat stdio tcp:10.0.0.2:9999')
  })

  it('says that its undo takes capacity away', async () => {
    expect(okOf(await enable(drained(), 'i-2')).undo.join()).toContain('takes capacity away')
  })

  it('leaves alone what was shut down for good, and says so', async () => {
    const world = drained()
    world.status.set('i-3/shard1', 'STOP')
    const { changes, warnings } = okOf(await enable(world, 'i-3'))
    expect(changes.map(({ resource }) => resource)).toEqual(['i-3/shard2'])
    expect(warnings).toEqual([
      'shard1 of i-3 was shut down for good: only a restart of its HAProxy opens it again',
    ])
  })

  it('predicts an output that fits its schema', async () => {
    const { predicted } = okOf(await enable(drained(), 'i-3'))
    expect(proxyEnable.output.parse(predicted)).toEqual({ enabled: [{ proxy: 'i-3', frontends: ['shard2'] }] })
  })
})

describe('no plan to drain or enable', () => {
  const two = (world: Proxies): Proxies => {
    const fleet = world.cloud.fleet
    world.cloud.fleet = {
      ...fleet,
      clusters: { ...fleet.clusters, other: { ...fleet.clusters[CLUSTER]!, name: 'other' } },
    }
    return world
  }
  const among = (world: Proxies, cluster: string, ids: readonly string[]) => {
    const look = lookFor(two(world))
    return {
      ...look,
      discover: async (name: string) => {
        const all = okOf(await look.discover(CLUSTER, 'proxy'))
        return ok({ ...all, targets: all.targets.filter(({ id }) => ids.includes(id) === (name === cluster)) })
      },
    }
  }

  it('is made for proxies of two clusters at once', async () => {
    const look = among(newProxies(), 'other', ['i-5'])
    const { code, message } = failureOf(await draining.plan({ proxies: ['i-1', 'i-5'] }, look))
    expect({ code, message }).toEqual({
      code: 'input.invalid',
      message: `i-1 is of ${CLUSTER}, and i-5 of other`,
    })
  })

  it('is missing for proxies of the second cluster', async () => {
    const look = among(newProxies(), 'other', ['i-5'])
    expect(okOf(await draining.plan({ proxies: ['i-5'] }, look)).blast.cluster).toBe('other')
  })

  it.each([[['i-99']], [['i-1', 'i-99']]])('is made for one that is not in service: %s', async proxies => {
    const failed = failureOf(await drain(newProxies(), ...proxies))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toContain('i-99')
    expect(failed.message).not.toContain('i-1,')
  })

  it('is made where nothing is left to do', async () => {
    const world = stop(newProxies(), 'i-1/shard1', 'i-1/shard2')
    expect(failureOf(await drain(world, 'i-1')).code).toBe('plan.nothing-to-do')
    expect(failureOf(await enable(world, 'i-2')).code).toBe('plan.nothing-to-do')
  })

  it('is made where one of them does not say how its frontends stand', async () => {
    const world = newProxies()
    world.failing.set('stat i-2', TIMEOUT)
    expect(failureOf(await drain(world, 'i-1', 'i-2')).code).toBe('target.timeout')
  })

  it('is made where a proxy lacks a frontend of the fleet file', async () => {
    const world = newProxies()
    world.frontends = ['shard2']
    const failed = failureOf(await drain(world, 'i-1'))
    expect(failed).toMatchObject({ code: 'plan.impossible', message: 'i-1 has no frontend shard1' })
  })

  it('changes anything', async () => {
    const world = newProxies()
    await drain(world, 'i-1')
    expect(world.sent).toEqual([])
  })
})
