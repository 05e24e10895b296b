import { describe, expect, it } from 'vitest'
import type { ActionSpec } from '../../src/actions/contract.js'
import { failure, ok } from '../../src/domain/result.js'
import { action, end, parallel, runbook } from '../engine/histories.js'
import { boot, by, entriesOf, saying, stageFor } from './process.js'
import { actionsIn, newWorld, type World } from './world.js'

const STALE = failure('plan.stale', 'somebody moved it', 'look again')

/** Sets one value after the other, whatever became of those before. */
const undaunted = (world: World, tidies = false): { readonly [name: string]: ActionSpec } => {
  const specs = actionsIn(world)
  const spec = specs['world.set']
  if (!spec) throw new Error('the world has no action')
  const load: ActionSpec['load'] = async () => {
    const { behaviour } = await spec.load()
    return {
      behaviour: {
        ...behaviour,
        apply: async ({ changes }, ctx) => {
          for (const [index, { resource: target }] of changes.entries()) {
            const request = { kind: 'set', key: 'set', target, args: { target, from: 'old', to: 'new' } }
            await ctx.op(tidies && index > 0 ? { ...request, tidies } : request)
          }
          return ok({ output: { set: [] }, summary: 'all were tried' })
        },
      },
    }
  }
  return { ...specs, 'world.set': { ...spec, load } }
}

const setting = (id: string, targets: readonly string[], more = {}) =>
  action(id, {
    action: 'world.set',
    with: { targets: { literal: [...targets] }, to: { literal: 'new' } },
    onFailure: { do: 'abort' },
    ...more,
  })

/** Two branches whose first ops fail, in a fleet whose budget is two. */
const bothFail = async (said: readonly ('continue' | 'stop')[]) => {
  const world = newWorld('a', 'b', 'c', 'd')
  world.failing.set('a=new', STALE).set('c=new', STALE)
  const branches = { left: [setting('l', ['a', 'b'])], right: [setting('r', ['c', 'd'])] }
  const stage = stageFor(
    world,
    runbook(parallel('both', branches, { onFailure: { do: 'continue' } }), end('over')),
  )
  const words = [...said]
  const { run, asked } = await boot(stage, {
    deps: { actions: undaunted(world) },
    answer: question =>
      question.kind === 'budget' ? by(question, words.shift() ?? 'stop') : saying({})(question),
  })
  const ending = await run()
  return { ending, world, budgets: asked.filter(({ kind }) => kind === 'budget').length, stage }
}

describe('the budget for failures, used up in two branches at once', () => {
  it('is asked about once where it is renewed, and both go on', async () => {
    const { ending, world, budgets } = await bothFail(['continue'])
    expect(ending).toMatchObject({ how: 'ended', state: { outcome: 'resolved' } })
    expect(budgets).toBe(1)
    expect([...world.done].sort()).toEqual(['b=new', 'd=new'])
  })

  it('lets nothing more start where it is not renewed', async () => {
    const { ending, world } = await bothFail(['stop', 'stop'])
    expect(ending.how).toBe('ended')
    expect(world.done).not.toContain('d=new') // the second failure is that of the op before it
  })
})

describe('an op that puts away what its own apply has made', () => {
  it('is begun also when the time of the step is over', async () => {
    const world = newWorld('a', 'b')
    const stage = stageFor(world, runbook(setting('l', ['a', 'b'], { timeout: 60_000 }), end('over')))
    world.during = async () => {
      await stage.clock.sleep(60_000)
    }
    const { run } = await boot(stage, { deps: { actions: undaunted(world, true) } })
    await run()
    expect(world.done).toEqual(['a=new', 'b=new'])
    expect((await entriesOf(stage)).some(({ type }) => type === 'op.refused')).toBe(false)
  })
})
