import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/domain/question.js'
import { action, DRY_RUN, end, runbook } from '../engine/histories.js'
import { boot, entriesOf, type Stage, saying, stageFor } from './process.js'
import { newWorld } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

const decisionsIn = async (stage: Stage) =>
  (await entriesOf(stage)).filter(({ type }) => type === 'gate.decided').map(({ data }) => data)

const operator = (option: string, typed?: string): Answer => ({
  option,
  by: 'operator',
  ...(typed === undefined ? {} : { typed }),
})

describe('a gate', () => {
  it('that is declined does nothing, and says who declined', async () => {
    const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
    const { run } = await boot(stage, { answer: saying({ gate: 'decline', failed: 'abort' }) })
    await run()
    expect(stage.world.done).toEqual([])
    expect(await decisionsIn(stage)).toMatchObject([
      { decision: 'declined', by: 'operator', level: 'operator' },
    ])
  })

  it('that nobody answers pauses the incident, and is asked again when it is resumed', async () => {
    const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')))
    const first = await boot(stage, { answer: () => undefined })
    expect((await first.run()).how).toBe('paused')
    const second = await boot(stage)
    await second.run()
    expect(second.asked.map(({ id }) => id)).toEqual(first.asked.map(({ id }) => id))
    expect(stage.world.done).toEqual(['a=new', 'b=new'])
  })

  it('at level auto asks nobody', async () => {
    const world = newWorld('a', 'b')
    world.blast = { ...world.blast, adds: 0 }
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run, asked } = await boot(stage)
    await run()
    expect(asked).toEqual([])
    expect(await decisionsIn(stage)).toMatchObject([{ decision: 'approved', by: 'engine', level: 'auto' }])
  })

  it('that a guardrail refuses does not offer consent, and leaves it to the operator what then', async () => {
    const world = newWorld('a', 'b')
    world.blast = { ...world.blast, serving: 4, takes: 1 }
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run, asked } = await boot(stage, { answer: saying({ gate: 'decline', failed: 'abort' }) })
    await run()
    expect(asked.map(({ kind }) => kind)).toEqual(['gate', 'failed'])
    expect(asked[0]?.options.map(({ key }) => key)).toEqual(['decline'])
    expect(asked[0]?.verbs.map(({ key }) => key)).toContain('override')
    expect(await decisionsIn(stage)).toMatchObject([{ decision: 'refused', by: 'operator', level: 'refused' }])
    expect(world.done).toEqual([])
  })
})

describe('a typed gate', () => {
  it.each<[string, Answer, boolean]>([
    ['the exact word', operator('approve', 'c1 2'), true],
    ['no word', operator('approve'), false],
    ['an empty word', operator('approve', ''), false],
    ['a part of it', operator('approve', 'c1'), false],
    ['other capitals', operator('approve', 'C1 2'), false],
    ['a blank too many', operator('approve', 'c1 2 '), false],
    ['another count', operator('approve', 'c1 3'), false],
    ['the exact word to decline', operator('decline', 'c1 2'), false],
    ['the exact word, by an answers file', { option: 'approve', by: 'answers', typed: 'c1 2' }, true],
  ])('answered with %s', async (_what, answer, passes) => {
    const world = newWorld('a', 'b')
    world.blast = { ...world.blast, irreversible: true }
    const stage = stageFor(world, runbook(mend, end('over')))
    const { run, asked } = await boot(stage, {
      answer: question => (question.kind === 'gate' ? answer : saying({ failed: 'abort' })(question)),
    })
    await run()
    expect(asked[0]).toMatchObject({ kind: 'gate', type: { option: 'approve', word: 'c1 2' } })
    expect(world.done).toEqual(passes ? ['a=new', 'b=new'] : [])
    expect(await decisionsIn(stage)).toMatchObject([{ decision: passes ? 'approved' : 'declined' }])
  })
})

describe('a gate where effects are withheld', () => {
  it('asks nobody, sends nothing, writes no op, and the run ends as a rehearsal', async () => {
    const stage = stageFor(newWorld('a', 'b'), runbook(mend, end('over')), DRY_RUN)
    const { run, asked } = await boot(stage)
    const { state } = await run()
    expect(asked).toEqual([])
    expect(stage.world.done).toEqual([])
    expect(stage.world.tokens.size).toBe(0)
    expect(await decisionsIn(stage)).toMatchObject([{ decision: 'withheld', level: 'operator' }])
    const entries = await entriesOf(stage)
    expect(entries.filter(({ type }) => /^(op|apply|undo)\./.test(type))).toEqual([])
    expect(entries.at(-1)).toMatchObject({
      type: 'dry_run.ended',
      data: { outcome: 'resolved', fidelity: expect.stringContaining('1 would change') },
    })
    expect(state.frames.main?.results.mend).toMatchObject({ outcome: 'would-change', predicted: true })
  })

  it('says of each permission that it could not be asked about, where EC2 cannot be reached', async () => {
    const world = newWorld('a')
    world.probes = [{ operation: 'CreateTags', ids: ['i-1'], tags: {} }]
    const stage = stageFor(world, runbook(mend, end('over')), DRY_RUN)
    await (await boot(stage)).run()
    expect(await decisionsIn(stage)).toMatchObject([
      {
        decision: 'withheld',
        permissions: [{ permission: 'ec2:CreateTags', verdict: 'unknown', detail: 'there is nothing here.' }],
      },
    ])
  })
})
