import { describe, expect, it } from 'vitest'
import { action, end, runbook } from '../engine/histories.js'
import { boot, entriesOf, type Stage, saying, stageFor } from './process.js'
import { newWorld, type World } from './world.js'

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: ['a', 'b', 'c'] }, to: { literal: 'new' } },
})

const oneByOne = (more: Partial<World> = {}): Stage =>
  stageFor({ ...newWorld('a', 'b', 'c'), atOnce: 1, ...more }, runbook(mend, end('over')))

const resultOf = (stage: Stage, state: { frames: Readonly<Record<string, unknown>> }) => ({
  done: stage.world.done,
  mend: (state.frames.main as { results: { mend: unknown } }).results.mend, // the only frame of this runbook
})

describe('an action that takes several plans in one visit', () => {
  it('does each after it was agreed to, and nothing else', async () => {
    const stage = oneByOne()
    const { state } = await (await boot(stage)).run()
    expect(resultOf(stage, state)).toMatchObject({
      done: ['a=new', 'b=new', 'c=new'],
      mend: { outcome: 'applied', visit: 1, output: { set: ['a', 'b', 'c'] } },
    })
    const entries = await entriesOf(stage)
    const order = entries.flatMap(({ type, data }) => {
      if (type === 'gate.decided') return [data.decision]
      return type === 'op.started' ? [data.target] : []
    })
    expect(order).toEqual(['approved', 'a', 'approved', 'b', 'approved', 'c'])
  })

  it('stops where the operator declines the next one', async () => {
    const stage = oneByOne()
    let gates = 0
    const answer = (question: Parameters<ReturnType<typeof saying>>[0]) => {
      if (question.kind === 'failed') return saying({ failed: 'continue' })(question)
      if (question.kind === 'gate') gates += 1
      return saying(question.kind === 'gate' && gates === 2 ? { gate: 'decline' } : {})(question)
    }
    const { state } = await (await boot(stage, { answer })).run()
    expect(resultOf(stage, state)).toMatchObject({
      done: ['a=new'],
      mend: { outcome: 'declined', output: { set: ['a'] } },
    })
  })
})
