import { describe, expect, it } from 'vitest'
import type { CheckSpec } from '../../src/checks/contract.js'
import { action, check, end, runbook, until } from '../engine/histories.js'
import { boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { checksIn, newWorld, type World } from './world.js'

/** A check that passes at the n-th look; each look is counted, and takes that long. */
const passingAt = (nth: number, looks: number[] = [], wait = Promise.resolve()): Record<string, CheckSpec> => {
  const specs = checksIn(newWorld('a'))
  const run = async () => {
    looks.push(looks.length + 1)
    await wait
    const passes = looks.length >= nth
    return { verdict: passes ? 'pass' : 'fail', output: { old: [] }, summary: `look ${looks.length}` } as const
  }
  return { 'world.check': { ...specs['world.check']!, load: async () => ({ run }) } as CheckSpec }
}

const outcomesIn = async (stage: Stage): Promise<readonly string[]> =>
  (await entriesOf(stage)).flatMap(({ type, data }) => (type === 'step.finished' ? [data.outcome] : []))

const retried = check('look', { check: 'world.check', retry: { times: 3, every: 10_000 } })

describe('a check with retry', () => {
  it('looks again until it passes, with a pause before each further look', async () => {
    const looks: number[] = []
    const stage = stageFor(newWorld('a'), runbook(retried, end('over')))
    const began = stage.clock.now()
    const { run } = await boot(stage, { deps: { checks: passingAt(3, looks) } })
    expect(await run()).toMatchObject({ how: 'ended' })
    expect(looks).toEqual([1, 2, 3])
    expect(stage.clock.now()).toBe(began + 20_000)
    expect(await outcomesIn(stage)).toEqual(['passed', 'done'])
  })

  it('has failed where it does not pass in as many looks as it may take', async () => {
    const looks: number[] = []
    const stage = stageFor(newWorld('a'), runbook(retried, end('over')))
    const { run } = await boot(stage, {
      deps: { checks: passingAt(9, looks) },
      answer: question => by(question, 'continue'),
    })
    await run()
    expect(looks).toEqual([1, 2, 3, 4])
    expect(await outcomesIn(stage)).toEqual(['failed', 'done'])
  })
})

describe('a check with a timeout', () => {
  it('cannot tell where it has not answered by then', async () => {
    const never = new Promise<void>(() => {})
    const look = check('look', { check: 'world.check', timeout: 5_000, onInconclusive: { do: 'continue' } })
    const stage = stageFor(newWorld('a'), runbook(look, end('over')))
    const { run } = await boot(stage, { deps: { checks: passingAt(1, [], never) } })
    expect(await run()).toMatchObject({ how: 'ended' })
    const observed = (await entriesOf(stage)).flatMap(({ type, data }) =>
      type === 'check.observed' ? [data] : [],
    )
    expect(observed).toMatchObject([{ verdict: 'inconclusive', summary: 'no answer within 5s' }])
  })
})

describe('an action with a timeout', () => {
  const mend = action('mend', {
    action: 'world.set',
    with: { targets: { literal: ['a', 'b'] }, to: { literal: 'new' } },
    timeout: 60_000,
    onFailure: { do: 'continue' },
  })

  /** Every change takes that long. */
  const slow = (ms: number): { stage: Stage; world: World } => {
    const world = newWorld('a', 'b')
    const stage = stageFor(world, runbook(mend, end('over')))
    world.during = async () => {
      await stage.clock.sleep(ms)
    }
    return { stage, world }
  }

  it('begins nothing more when its time is over, and leaves what is done as it is', async () => {
    const { stage, world } = slow(60_000)
    const { run } = await boot(stage, { answer: saying({}) })
    expect(await run()).toMatchObject({ how: 'ended' })
    expect(world.done).toEqual(['a=new'])
    const refused = (await entriesOf(stage)).flatMap(({ type, data }) => (type === 'op.refused' ? [data] : []))
    expect(refused).toMatchObject([{ target: 'b', failure: { code: 'op.late' } }])
  })

  it('does all of it where that takes less', async () => {
    const { stage, world } = slow(59_000)
    const { run } = await boot(stage, { answer: saying({}) })
    await run()
    expect(world.done).toEqual(['a=new', 'b=new'])
  })
})

describe('a step that waits for something', () => {
  const look = check('look', { check: 'world.check', onFailure: { do: 'continue' } })

  it('looks at the check that it names before each judgement, and goes on when it holds', async () => {
    const looks: number[] = []
    const stage = stageFor(
      newWorld('a'),
      runbook(look, until('calm', { until: 'true', again: 'look' }), end('over')),
    )
    const { run } = await boot(stage, { deps: { checks: passingAt(1, looks) } })
    await run()
    expect(looks).toEqual([1, 2])
    expect(await outcomesIn(stage)).toEqual(['passed', 'done', 'done'])
  })

  it('fails where it does not hold in time', async () => {
    const stage = stageFor(newWorld('a'), runbook(until('calm', { until: 'false' }), end('over')))
    const began = stage.clock.now()
    const { run, asked } = await boot(stage, { answer: question => by(question, 'continue') })
    await run()
    expect(stage.clock.now()).toBe(began + 300_000)
    expect(asked.map(({ kind }) => kind)).toEqual(['failed'])
    expect(await outcomesIn(stage)).toEqual(['failed', 'done'])
  })
})
