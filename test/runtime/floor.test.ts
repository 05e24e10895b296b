import { describe, expect, it } from 'vitest'
import { fail, ok, type Result } from '../../src/domain/result.js'
import { EMPTY, type OpState } from '../../src/engine/state.js'
import type { Inventory, Target } from '../../src/fleet/inventory.js'
import type { Deps } from '../../src/runtime/deps.js'
import { checkFloor } from '../../src/runtime/floor.js'
import { action, runbook } from '../engine/histories.js'
import { boot, stageFor } from './process.js'
import { newWorld } from './world.js'

const CLUSTER = 'us-east-c1'
const SELF = 'main/mend#1/take@p1'

const proxy = (id: string): Target => ({
  id,
  cluster: CLUSTER,
  role: 'proxy',
  data: `tcp://${id}:11211`,
  tags: {},
})

const opOn = (op: string, target: string, more: Partial<OpState> = {}): OpState => ({
  op,
  kind: 'take',
  target,
  frame: 'main',
  step: 'mend',
  visit: 1,
  args: {},
  token: op,
  status: 'started',
  takes: { cluster: CLUSTER, targets: [target] },
  ...more,
})

type Scene = {
  readonly proxies?: readonly string[]
  readonly silent?: readonly string[]
  readonly ops?: readonly OpState[]
  readonly elsewhere?: readonly string[]
  readonly found?: Result<Inventory>
}

const SIX = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']

/** The fleet's floor is four. Proxies answer on their data path, but for the silent ones. */
const depsOf = async ({
  proxies = SIX,
  silent = [],
  ops = [],
  elsewhere = [],
  found,
}: Scene): Promise<Deps> => {
  const { deps } = await boot(stageFor(newWorld(), runbook(action('mend'))))
  const targets = proxies.map(proxy)
  const inventory: Inventory = { cluster: CLUSTER, role: 'proxy', at: 0, source: 'ec2', targets }
  const state = { ...EMPTY, ops: [Object.fromEntries(ops.map(one => [one.op, one]))] }
  return {
    ...deps,
    ledger: { ...deps.ledger, state: () => state },
    discover: async () => found ?? ok(inventory),
    takenElsewhere: async cluster => (cluster === CLUSTER ? elsewhere : []),
    connect: record => ({
      ...deps.connect(record),
      memcached: url => ({
        version: async () => {
          record({ endpoint: 'memcached', operation: 'version', mutating: false })
          return silent.some(id => proxy(id).data === url)
            ? fail('target.timeout', 'silent', 'look')
            : ok('1.6')
        },
        stats: async () => fail('bug', 'not used here', 'do not'),
        flushAll: async () => fail('bug', 'not used here', 'do not'),
        setVerbosity: async () => fail('bug', 'not used here', 'do not'),
      }),
    }),
  }
}

const check = async (scene: Scene, ...targets: string[]) =>
  checkFloor(await depsOf(scene), SELF, { cluster: CLUSTER, targets })

/** The code of the refusal; undefined where the op may start. */
const refusalOf = async (scene: Scene, ...targets: string[]) => (await check(scene, ...targets)).refusal?.code

describe('the capacity floor', () => {
  it('lets go what leaves as many serving as it asks for, and refuses one more', async () => {
    expect(await refusalOf({}, 'p1', 'p2')).toBeUndefined()
    expect(await refusalOf({}, 'p1', 'p2', 'p3')).toBe('guardrail.refused')
  })

  it('is looked at afresh: one that does not answer does not count', async () => {
    expect(await refusalOf({ silent: ['p6'] }, 'p1', 'p2')).toBe('guardrail.refused')
    expect((await check({}, 'p1')).requests).toEqual({ 'memcached.version': 6 })
  })

  it('counts what ended while it looked: that was seen serving, and does no more', async () => {
    const deps = await depsOf({ ops: [opOn('other', 'p6')] })
    const during = deps.ledger.state()
    const after = { ...during, ops: [{ other: opOn('other', 'p6', { status: 'finished' }) }] }
    let looks = 0
    const state = () => (looks++ === 0 ? during : after)
    const checked = await checkFloor({ ...deps, ledger: { ...deps.ledger, state } }, SELF, {
      cluster: CLUSTER,
      targets: ['p1', 'p2'],
    })
    expect(checked.refusal?.code).toBe('guardrail.refused')
  })

  it('counts what other ops in flight take from that cluster, and not the op itself', async () => {
    expect(await refusalOf({ ops: [opOn('other', 'p6')] }, 'p1', 'p2')).toBe('guardrail.refused')
    expect(await refusalOf({ ops: [opOn(SELF, 'p6')] }, 'p1', 'p2')).toBeUndefined()
    const there = opOn('other', 'p6', { takes: { cluster: 'another', targets: ['p6'] } })
    expect(await refusalOf({ ops: [there] }, 'p1', 'p2')).toBeUndefined()
  })

  it.each(['finished', 'failed', 'not-done'] as const)('counts no op that is %s', async status => {
    expect(await refusalOf({ ops: [opOn('other', 'p6', { status })] }, 'p1', 'p2')).toBeUndefined()
  })

  it('counts what other incidents take from that cluster', async () => {
    expect(await refusalOf({ elsewhere: ['p5'] }, 'p1')).toBeUndefined()
    expect(await refusalOf({ elsewhere: ['p5', 'p6'] }, 'p1')).toBe('guardrail.refused')
  })

  it('counts a target once, whoever takes it', async () => {
    const twice = { ops: [opOn('other', 'p6')], elsewhere: ['p6'] }
    expect(await refusalOf(twice, 'p1')).toBeUndefined()
  })

  it('lets go what does not serve, even below it', async () => {
    const silent = ['p1', 'p2', 'p3']
    expect(await refusalOf({ silent }, 'p1', 'p2')).toBeUndefined()
    expect(await refusalOf({ silent }, 'p1', 'p4')).toBe('guardrail.refused')
  })

  it('refuses where nobody can say who serves', async () => {
    expect(await refusalOf({ found: fail('target.timeout', 'EC2 is silent', 'wait') }, 'p1')).toBe(
      'guardrail.refused',
    )
  })
})
