import type { Names } from './part.js'

export const actionTest = ({
  name,
  folder,
  identifier,
}: Names): string => `import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/${folder}/behaviour.js'
import { ${identifier} } from '../../src/actions/${folder}/schema.js'
import { TAG } from '../../src/actions/${folder}/tag.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, handsOn, lookAt, newCloud } from './cloud.js'

const ARGS = { proxy: 'i-3', from: null, to: 'suspect' }
const op = behaviour.ops['set-tag']!

const plan = (cloud: Cloud, value = 'suspect') => behaviour.plan({ proxy: 'i-3', value }, lookAt(cloud))
const effect = (cloud: Cloud, args = ARGS) => op.effect(args, 'token', handsOn(cloud))
const probe = (cloud: Cloud) => op.probe(ARGS, 'token', handsOn(cloud))
const tagIn = (cloud: Cloud) => cloud.instances.get('i-3')?.tags[TAG]

describe('the plan of ${name}', () => {
  it('shows the change, the way back, and the same by hand', async () => {
    const { changes, undo, commands, locks } = okOf(await plan(newCloud()))
    expect(changes).toEqual([
      { verb: 'tag', resource: 'i-3', before: { value: null }, after: { value: 'suspect' } },
    ])
    expect(undo).toEqual(['the tag goes from i-3'])
    expect(commands).toEqual([
      \`aws ec2 create-tags --resources i-3 --tags Key=\${TAG},Value=suspect\`,
    ])
    expect(locks).toEqual([\`cluster:\${CLUSTER}\`])
  })

  it('is none where there is nothing to do, and where there is no such proxy', async () => {
    const cloud = newCloud()
    okOf(await effect(cloud))
    expect(failureOf(await plan(cloud)).code).toBe('plan.nothing-to-do')
    expect(okOf(await plan(cloud, 'sound')).changes).toMatchObject([{ before: { value: 'suspect' } }])
    cloud.instances.delete('i-3')
    expect(failureOf(await plan(cloud)).code).toBe('plan.impossible')
  })
})

describe('applying ${name}', () => {
  it('does what its plan shows, and gives what its schema promises', async () => {
    const cloud = newCloud()
    const agreed: Plan = { ...okOf(await plan(cloud)), action: '${name}', with: {}, digest: 'd' }
    const applied = await behaviour.apply(agreed, {
      op: ({ kind, args }) => behaviour.ops[kind]!.effect(args, 'token', handsOn(cloud)),
      all: async () => [],
    })
    const { output } = okOf(applied)
    expect(${identifier}.output.parse(output)).toEqual({ proxy: 'i-3', value: 'suspect' })
    expect(tagIn(cloud)).toBe('suspect')
  })
})

describe('its op', () => {
  it('is found not done, and done, by what the world shows', async () => {
    const cloud = newCloud()
    expect(await probe(cloud)).toMatchObject({ state: 'not-done' })
    okOf(await effect(cloud))
    expect(await probe(cloud)).toMatchObject({ state: 'done' })
  })

  it('cannot be told where somebody else changed it, or nobody answers', async () => {
    const cloud = newCloud()
    okOf(await effect(cloud, { ...ARGS, to: 'sound' }))
    expect(await probe(cloud)).toMatchObject({ state: 'unknown' })
    cloud.failing.set('describeInstances', fail('ec2.unavailable', 'EC2 does not answer', 'wait'))
    expect(await probe(cloud)).toMatchObject({ state: 'unknown' })
  })

  it('is taken back by ops of its own kinds, and leaves what it was not', async () => {
    const cloud = newCloud()
    if (typeof op.undo === 'string') throw new Error(op.undo)
    const requests = op.undo(ARGS, okOf(await effect(cloud)))
    if (typeof requests === 'string') throw new Error(requests)
    for (const { kind, args } of requests) okOf(await behaviour.ops[kind]!.effect(args, 'token', handsOn(cloud)))
    expect(requests).toHaveLength(1)
    expect(tagIn(cloud)).toBeUndefined()

    okOf(await effect(cloud))
    expect(op.undo(ARGS, okOf(await effect(cloud)))).toEqual([])
  })

  it('sends nothing where EC2 does not answer', async () => {
    const cloud = newCloud()
    cloud.failing.set('ec2', fail('ec2.unavailable', 'EC2 does not answer', 'wait'))
    expect(failureOf(await effect(cloud)).code).toBe('ec2.unavailable')
    expect(cloud.sent).toEqual([])
  })
})
`
