import { describe, expect, it } from 'vitest'
import type { ActionSpec, OpRequest } from '../../src/actions/contract.js'
import { type Failure, failure, ok } from '../../src/domain/result.js'
import { action, end, runbook } from '../engine/histories.js'
import { boot, entriesOf, saying, stageFor } from './process.js'
import { actionsIn, KNOWN, newWorld, type World } from './world.js'

const TARGETS = ['a', 'b', 'c', 'd', 'e']

const mend = action('mend', {
  action: 'world.set',
  with: { targets: { literal: TARGETS }, to: { literal: 'new' } },
})

const STALE = failure('plan.stale', 'somebody moved it', 'look again')

const set = (target: string): OpRequest => ({
  kind: 'set',
  key: 'set',
  target,
  args: { target, from: 'old', to: 'new' },
})

/** The first two one after the other, and the others side by side, whatever became of the first. */
const twoThenAll = (world: World): { readonly [name: string]: ActionSpec } => {
  const specs = actionsIn(world)
  const spec = specs['world.set']
  if (!spec) throw new Error('the world has no action')
  const load: ActionSpec['load'] = async () => {
    const { behaviour } = await spec.load()
    return {
      behaviour: {
        ...behaviour,
        apply: async (_plan, ctx) => {
          const [one, two, ...others] = TARGETS.map(set)
          await ctx.op(one!)
          await ctx.op(two!)
          const results = await ctx.all(others)
          const failed = results.find(result => !result.ok)
          if (failed && !failed.ok) return failed
          return ok({ output: { set: others.map(({ target }) => target) }, summary: 'the others are set' })
        },
      },
    }
  }
  return { ...specs, 'world.set': { ...spec, load } }
}

/** `a` and `b` fail like that, in a fleet whose budget is two; then that is said where the budget is asked about. */
const failingTwice = async (why: Failure, said: 'stop' | 'continue') => {
  const world = newWorld(...TARGETS)
  world.failing.set('a=new', why).set('b=new', why)
  const stage = stageFor(world, runbook(mend, end('over')))
  const { run, asked } = await boot(stage, {
    answer: saying({ budget: said, failed: 'abort' }),
    deps: { actions: twoThenAll(world) },
  })
  await run()
  const entries = await entriesOf(stage)
  return {
    done: world.done,
    budgets: asked.filter(({ kind }) => kind === 'budget'),
    exhausted: entries.filter(({ type }) => type === 'budget.exhausted').map(({ data }) => data),
    refused: entries.filter(({ type }) => type === 'op.refused').map(({ data }) => data),
  }
}

describe('the budget for failures', () => {
  it('once used up, is asked about before the next op, once for all that wait', async () => {
    const { budgets, exhausted } = await failingTwice(STALE, 'stop')
    expect(exhausted).toMatchObject([{ step: 'mend', visit: 1, failures: 2, limit: 2 }])
    expect(budgets.map(({ step }) => step)).toEqual(['mend'])
  })

  it('that is not renewed lets no other op of the plan start', async () => {
    const { done, refused } = await failingTwice(STALE, 'stop')
    expect(done).toEqual([])
    expect(refused).toMatchObject(
      ['c', 'd', 'e'].map(target => ({ target, failure: { code: 'budget.exhausted' } })),
    )
  })

  it('that is renewed lets the plan go on, and is not asked about again', async () => {
    const { done, refused, budgets } = await failingTwice(STALE, 'continue')
    expect(done).toEqual(['c=new', 'd=new', 'e=new'])
    expect(refused).toEqual([])
    expect(budgets).toHaveLength(1)
  })

  it('is not touched by places without capacity', async () => {
    const { done, budgets, exhausted } = await failingTwice(KNOWN, 'stop')
    expect(done).toEqual(['c=new', 'd=new', 'e=new'])
    expect(budgets).toEqual([])
    expect(exhausted).toEqual([])
  })
})
