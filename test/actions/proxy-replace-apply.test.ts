import { describe, expect, it } from 'vitest'
import type { Apply } from '../../src/actions/contract.js'
import { apply } from '../../src/actions/proxy-replace/apply.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import { fail, ok } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { applied as appliedTo, type Ends, planned as plannedOn } from './applied.js'
import { CLUSTER, handsOn, newCloud } from './cloud.js'

const planned = () => plannedOn(newCloud(), { proxies: ['i-3'] })

/** An apply whose ops end as told, by their key; all others end well. */
const applied = async (ends: Ends = {}) => appliedTo(await planned(), ends)

const FULL = fail('ec2.capacity', 'there is no capacity', 'try another place')
const FIRST = 'launch-i-3-subnet-a1-c7i.large'
const PLACES = [
  FIRST,
  'launch-i-3-subnet-b1-c7i.large',
  'launch-i-3-subnet-a1-c7a.large',
  'launch-i-3-subnet-b1-c7a.large',
]
const NEW = ['await-running', 'await-serving', 'enter-service', 'move']
const AFTER = [...NEW, 'park']

describe('replacing a proxy', () => {
  it('launches, waits until it runs and serves, moves the address, and parks the old one last', async () => {
    const { keys, result } = await applied()
    expect(keys).toEqual([FIRST, ...AFTER])
    const { output } = okOf(result)
    expect(proxyReplace.output.parse(output)).toEqual({
      replaced: [{ old: 'i-3', new: 'i-new1' }],
      dropped: [],
    })
  })

  it('has all that an op needs in its arguments', async () => {
    const { asked } = await applied()
    expect(asked).toMatchObject([
      {
        target: CLUSTER,
        args: {
          cluster: CLUSTER,
          launch_template: 'lt-proxy',
          subnet: 'subnet-a1',
          instance_type: 'c7i.large',
        },
      },
      { target: 'i-new1', args: { instance: 'i-new1' } },
      { target: 'i-new1', args: { instance: 'i-new1', cluster: CLUSTER, private_ip: '10.0.0.101' } },
      { target: 'i-new1', args: { instance: 'i-new1', cluster: CLUSTER } },
      {
        target: 'eipalloc-3',
        args: {
          allocation: 'eipalloc-3',
          from: 'i-3',
          to: 'i-new1',
          cluster: CLUSTER,
          private_ip: '10.0.0.101',
        },
      },
      { target: 'i-3', args: { instance: 'i-3', cluster: CLUSTER } },
    ])
  })

  it.each([1, 2, 3])('goes on to the next place where %d have no capacity, at once', async full => {
    const { keys, result } = await applied(Object.fromEntries(PLACES.slice(0, full).map(key => [key, FULL])))
    expect(keys).toEqual([...PLACES.slice(0, full + 1), ...AFTER])
    okOf(result)
  })

  it('gives up where no place has capacity, and has changed nothing', async () => {
    const { keys, result } = await applied(Object.fromEntries(PLACES.map(key => [key, FULL])))
    expect(keys).toEqual(PLACES)
    expect(failureOf(result).code).toBe('ec2.capacity')
  })

  it.each(['ec2.rejected', 'ec2.auth', 'ec2.ambiguous', 'guardrail.refused'] as const)(
    'tries no other place after %s',
    async code => {
      const { keys, result } = await applied({ [FIRST]: fail(code, 'no', 'look') })
      expect(keys).toEqual([FIRST])
      expect(failureOf(result).code).toBe(code)
    },
  )

  const LATE = fail('wait.timeout', 'too long', 'look')

  it.each(NEW)('parks what it launched where %s fails, says so, and does nothing more', async key => {
    const { asked, keys, result } = await applied({ [key]: LATE })
    expect(keys).toEqual([FIRST, ...AFTER.slice(0, AFTER.indexOf(key) + 1), 'park-new'])
    expect(asked.at(-1)).toMatchObject({ kind: 'park', target: 'i-new1', args: { instance: 'i-new1' } })
    expect(failureOf(result)).toMatchObject({
      code: 'wait.timeout',
      message: 'too long; i-new1, which was launched for it, is parked',
    })
  })

  it('leaves what never came to serve where the fleet passes over it, and the address where it was', async () => {
    const cloud = newCloud() // nothing answers at the address of what is launched
    const hands = handsOn(cloud)
    const op: Apply['op'] = ({ kind, key, args }) => behaviour.ops[kind]!.effect(args, key, hands)
    const all: Apply['all'] = requests => Promise.all(requests.map(op))
    const { code, message } = failureOf(await apply(await planned(), { op, all }))
    expect({ code, message }).toEqual({
      code: 'wait.timeout',
      message: 'waited 5m for i-new1 to serve; i-new1, which was launched for it, is parked',
    })
    expect(cloud.instances.get('i-new1')?.tags['firebreak:state']).toBe('parked')
    expect(cloud.sent).toEqual(['launch subnet-a1 c7i.large', 'tag i-new1'])
  })

  it('names what runs on where that cannot be parked', async () => {
    const { result } = await applied({ move: LATE, 'park-new': fail('ec2.auth', 'not allowed', 'look') })
    const { code, message } = failureOf(result)
    expect(code).toBe('wait.timeout')
    expect(message).toContain('i-new1, which was launched for it, runs and could not be parked (not allowed)')
  })

  it('leaves the new one in service where the old one cannot be parked', async () => {
    const { keys, result } = await applied({ park: LATE })
    expect(keys).toEqual([FIRST, ...AFTER])
    expect(failureOf(result).message).toBe('too long; i-new1 serves in the place of i-3, which is not parked')
  })

  it('stops where only the operator knows that something was launched: nobody knows what', async () => {
    const { keys, result } = await applied({ [FIRST]: ok(null) })
    expect(keys).toEqual([FIRST])
    expect(failureOf(result).code).toBe('op.in-doubt')
  })

  it('names each op by kind, key and target so that no two are the same', async () => {
    const { asked } = await applied(Object.fromEntries(PLACES.slice(0, 3).map(key => [key, FULL])))
    const names = asked.map(({ kind, key, target }) => `${kind} ${key} ${target}`)
    expect(new Set(names).size).toBe(names.length)
    for (const { kind } of asked) expect(Object.keys(behaviour.ops)).toContain(kind)
  })
})
