import { describe, expect, it } from 'vitest'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import type { Json } from '../../src/domain/json.js'
import { fail, ok } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { aggressive, applied, planFor, planned } from './applied.js'
import { CLUSTER, newCloud } from './cloud.js'

const ALL = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6']
const THREE = { proxies: ['i-2', 'i-3', 'i-5'] }

const parkedIn = (changes: readonly { readonly verb: string; readonly resource: string }[]) =>
  changes.filter(({ verb }) => verb === 'park').map(({ resource }) => resource)

describe('the plan of a batch', () => {
  it.each([
    ['conservative', 1],
    ['aggressive', 3],
  ] as const)('in %s posture has the first %d that are named, and names no other', async (posture, size) => {
    const cloud = newCloud()
    cloud.posture = posture
    const { changes, blast, summary } = okOf(await planFor(cloud, { proxies: ['i-5', 'i-2', 'i-4', 'i-1'] }))
    expect(parkedIn(changes)).toEqual(['i-5', 'i-2', 'i-4', 'i-1'].slice(0, size))
    expect(JSON.stringify(changes)).not.toContain('"i-1"')
    expect(blast).toMatchObject({ adds: size, takes: 0 })
    expect(summary).toContain(`${4 - size} more`)
  })

  it('counts a proxy that is named twice once', async () => {
    const { changes } = okOf(await planFor(aggressive(), { proxies: ['i-2', 'i-2', 'i-3'] }))
    expect(parkedIn(changes)).toEqual(['i-2', 'i-3'])
  })

  it('is agreed to by typing cluster and count; one proxy by its id, and by the gate that the step asks for', async () => {
    const batch = okOf(await planFor(aggressive(), THREE))
    expect(batch.confirm).toBe(`${CLUSTER} 3`)
    expect(batch.atLeast?.level).toBe('typed')
    const one = okOf(await planFor(newCloud(), THREE))
    expect(one.confirm).toBe('i-2')
    expect(one.atLeast).toBeUndefined()
  })

  it('says what is hot, in it or not, and warns of what is not', async () => {
    const { hot = {}, warnings } = okOf(await planFor(aggressive(3, 6), THREE))
    expect(Object.keys(hot).sort()).toEqual(['i-3', 'i-6'])
    const calm = warnings.filter(warning => warning.includes('does not stand out'))
    expect(calm.map(warning => warning.slice(0, 3))).toEqual(['i-2', 'i-5'])
  })

  it('adds up what the moves cut, and says of each address that it is moved', async () => {
    const { facts, warnings } = okOf(await planFor(aggressive(3), THREE))
    expect(facts).toMatchObject([{ label: 'connections cut by the moves', value: 900 + 9_000 + 900 }])
    for (const n of [2, 3, 5]) expect(warnings.join()).toContain(`moving 203.0.113.${n} breaks`)
  })

  it('warns where fewer serve than must: taking one out would be refused then', async () => {
    const cloud = newCloud()
    for (const n of [1, 4, 6]) cloud.dead.add(`tcp://10.0.0.${n}:11211`)
    expect(okOf(await planFor(cloud, { proxies: ['i-2'] })).warnings.join()).toContain('min_healthy is 4')
    expect(okOf(await planFor(cloud, { proxies: ['i-1'] })).warnings.join()).not.toContain('min_healthy')
  })

  it('has a prediction of all that are named, for who only rehearses', async () => {
    const { predicted } = okOf(await planFor(newCloud(), THREE))
    const { replaced } = proxyReplace.output.parse(predicted)
    expect(replaced.map(({ old }) => old)).toEqual(THREE.proxies)
  })
})

describe('zones that are avoided', () => {
  it.each([['us-east-1a'], ['use1-az-a']])('are no place for a launch, by name or by id: %s', async zone => {
    const { changes } = okOf(await planFor(newCloud(), { proxies: ['i-1'], avoid_zones: [zone] }))
    expect(changes[0]?.after).toMatchObject({ subnets: ['subnet-b1'] })
  })

  it('make no plan where they are all there are', async () => {
    const input = { proxies: ['i-1'], avoid_zones: ['us-east-1a', 'us-east-1b'] }
    const failed = failureOf(await planFor(newCloud(), input))
    expect(failed.code).toBe('plan.impossible')
    expect(failed.message).toContain('subnet-a1 lies in us-east-1a')
  })

  it('are said where no subnet lies in one: it may be misspelt', async () => {
    const { warnings } = okOf(await planFor(newCloud(), { proxies: ['i-1'], avoid_zones: ['us-east-la'] }))
    expect(warnings.join()).toContain('no subnet of us-east-c1 lies in us-east-la')
  })

  it('make no plan where EC2 does not say what lies in them', async () => {
    const cloud = newCloud()
    cloud.failing.set('describeSubnets', fail('ec2.unavailable', 'no answer', 'wait'))
    const input = { proxies: ['i-1'], avoid_zones: ['us-east-1a'] }
    expect(failureOf(await planFor(cloud, input)).code).toBe('ec2.unavailable')
    okOf(await planFor(cloud, { proxies: ['i-1'] }))
  })
})

const stepsOf = (old: string, fresh: string): string[] => [
  `launch-${old}-subnet-a1-c7i.large@${CLUSTER}`,
  `await-running@${fresh}`,
  `await-serving@${fresh}`,
  `enter-service@${fresh}`,
  `move@eipalloc-${old.slice(2)}`,
  `park@${old}`,
  `survey-after-${old}@${CLUSTER}`,
]

/** A look that finds those hot, and sees all. */
const sees = (...hot: string[]) =>
  ok<Json>({ hot: Object.fromEntries(hot.map(id => [id, 'hot'])), seen: ALL, ours: [] })

describe('replacing a batch', () => {
  it('takes one after the other, and looks at the fleet again after each', async () => {
    const { names, result } = await applied(await planned(aggressive(2, 3), THREE))
    expect(names).toEqual([
      ...stepsOf('i-2', 'i-new1'),
      ...stepsOf('i-3', 'i-new2'),
      ...stepsOf('i-5', 'i-new3'),
    ])
    expect(new Set(names).size).toBe(names.length)
    expect(okOf(result)).toMatchObject({
      output: {
        replaced: [
          { old: 'i-2', new: 'i-new1' },
          { old: 'i-3', new: 'i-new2' },
          { old: 'i-5', new: 'i-new3' },
        ],
        dropped: [],
      },
    })
    expect(okOf(result).next).toBeUndefined()
  })

  it('of one that was named alone looks at nothing: whoever named it looks again', async () => {
    const { keys } = await applied(await planned(newCloud(), { proxies: ['i-2'] }))
    expect(keys.filter(key => key.startsWith('survey'))).toEqual([])
  })

  it('drops what has cooled before its turn, says so, and launches nothing for it', async () => {
    const plan = await planned(aggressive(2, 3), THREE)
    const { names, result } = await applied(plan, { survey: sees() })
    expect(names.join()).not.toContain('i-3')
    const { output, summary, next } = okOf(result)
    expect(output).toMatchObject({ dropped: ['i-3'], replaced: [{ old: 'i-2' }, { old: 'i-5' }] })
    expect(summary).toContain('i-3 cooled meanwhile')
    expect(next).toBeUndefined()
  })

  it('does not drop what was named without being hot', async () => {
    const { result } = await applied(await planned(aggressive(2), THREE), { survey: sees() })
    expect(okOf(result).output).toMatchObject({ dropped: [], replaced: [{}, {}, {}] })
  })

  it('leaves those after the batch, and what is newly hot, to another plan on the same terms', async () => {
    const input = { proxies: ['i-2', 'i-3', 'i-5', 'i-1'], avoid_zones: ['us-east-1a'], deadline: '90s' }
    const plan = await planned(aggressive(2, 3), input)
    const { names, result } = await applied(plan, { survey: sees('i-3', 'i-5', 'i-6') })
    expect(names.join()).not.toMatch(/i-1@|i-6/)
    expect(okOf(result).next).toEqual({
      proxies: ['i-1', 'i-6'],
      avoid_zones: ['us-east-1a'],
      deadline: '90s',
    })
    expect(okOf(result).summary).toContain('newly hot: i-6')
  })

  it('one by one comes to the same, each with a plan of its own', async () => {
    const cloud = aggressive(2, 3)
    cloud.posture = 'conservative'
    const { names, result } = await applied(await planned(cloud, THREE))
    expect(names).toEqual(stepsOf('i-2', 'i-new1'))
    expect(okOf(result).next).toEqual({ proxies: ['i-3', 'i-5'] })
  })
})

describe('a batch that fails', () => {
  const LATE = fail('wait.timeout', 'too long', 'look')

  it('keeps what is done, parks what was launched in vain, begins nothing more, and says how far it came', async () => {
    const plan = await planned(aggressive(2, 3), THREE)
    const { names, result } = await applied(plan, { 'move@eipalloc-3': LATE })
    expect(names.slice(-2)).toEqual(['move@eipalloc-3', 'park-new@i-new2'])
    const { output, summary, failure, next } = okOf(result)
    expect(output).toEqual({ replaced: [{ old: 'i-2', new: 'i-new1' }], dropped: [] })
    expect(failure).toMatchObject({ code: 'wait.timeout' })
    expect(summary).toBe(
      '1 of 3 replaced; i-new1 serves in the place of i-2, which is parked; too long; i-new2, which was launched for it, is parked; nothing more was begun; left: i-3, i-5',
    )
    expect(next).toBeUndefined()
  })

  it('at its first proxy has done nothing, and says who is left', async () => {
    const { result } = await applied(await planned(aggressive(2), THREE), { launch: LATE })
    expect(okOf(result)).toMatchObject({
      output: { replaced: [], dropped: [] },
      summary: '0 of 3 replaced; too long; nothing more was begun; left: i-2, i-3, i-5',
      failure: { code: 'wait.timeout' },
    })
  })

  it('stops where the fleet cannot be seen, because nobody knows whether the rest is still wanted', async () => {
    const plan = await planned(aggressive(2), THREE)
    const { names, result } = await applied(plan, { survey: fail('ec2.unavailable', 'no answer', 'wait') })
    expect(names).toEqual(stepsOf('i-2', 'i-new1'))
    expect(okOf(result).failure?.message).toBe('the fleet could not be looked at again: no answer')
  })

  it('is no failure where only the last look is missing', async () => {
    const plan = await planned(aggressive(2), THREE)
    const { result } = await applied(plan, { 'survey-after-i-5': fail('ec2.unavailable', 'no answer', 'wait') })
    expect(okOf(result).failure).toBeUndefined()
    expect(okOf(result).output).toMatchObject({ replaced: [{}, {}, {}] })
  })
})
