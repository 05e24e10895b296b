import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/domain/question.js'
import { action, end, runbook } from '../engine/histories.js'
import { boot, entriesOf, saying, stageFor } from './process.js'
import { newWorld } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
})

/** Says that at a gate that is refused, as often as it is; then declines. */
const overriding = async (...said: Partial<Answer>[]) => {
  const world = newWorld('a', 'b')
  world.blast = { ...world.blast, serving: 4, takes: 1 }
  const stage = stageFor(world, runbook(mend, end('over')))
  const { run, asked } = await boot(stage, {
    answer: question => {
      if (question.gate?.level !== 'refused') return saying({ failed: 'abort' })(question)
      const next = said.shift()
      return next ? { option: 'override', by: 'operator', ...next } : saying({ gate: 'decline' })(question)
    },
  })
  await run()
  const overrides = (await entriesOf(stage)).filter(({ type }) => type === 'guardrail.overridden')
  const gates = asked.filter(({ kind }) => kind === 'gate').map(({ gate }) => gate?.level)
  return { done: world.done, overrides, gates }
}

describe('a guardrail', () => {
  it('is overridden with a reason and the exact word, on record; then consent is typed', async () => {
    const { done, overrides, gates } = await overriding({ reason: 'customers are hurt', typed: 'c1 2' })
    expect(overrides.map(({ data }) => data)).toMatchObject([
      { guardrail: 'min_healthy', reason: 'customers are hurt', typed: 'c1 2', by: 'operator' },
    ])
    expect(gates).toEqual(['refused', 'typed'])
    expect(done).toEqual(['a=new', 'b=new'])
  })

  it.each<[string, Partial<Answer>]>([
    ['another word', { reason: 'customers are hurt', typed: 'c1 3' }],
    ['no word', { reason: 'customers are hurt' }],
    ['no reason', { typed: 'c1 2' }],
    ['a blank reason', { reason: ' ', typed: 'c1 2' }],
  ])('is not overridden with %s', async (_what, said) => {
    const { done, overrides, gates } = await overriding(said)
    expect(overrides).toEqual([])
    expect(gates).toEqual(['refused', 'refused'])
    expect(done).toEqual([])
  })
})
