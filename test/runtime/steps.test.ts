import { describe, expect, it } from 'vitest'
import {
  action,
  ask,
  branch,
  check,
  choice,
  DRY_RUN,
  end,
  goto,
  manual,
  runbook,
  wait,
} from '../engine/histories.js'
import { boot, by, entriesOf, type Stage, saying, stageFor } from './process.js'
import { newWorld } from './world.js'

const visitsIn = async (stage: Stage): Promise<string[]> =>
  (await entriesOf(stage)).flatMap(({ type, data }) => (type === 'step.entered' ? [data.step] : []))

const evaluatedIn = async (stage: Stage) =>
  (await entriesOf(stage)).flatMap(({ type, data }) => (type === 'expression.evaluated' ? [data] : []))

describe('an incident', () => {
  it('goes through steps of every kind to its end', async () => {
    const stage = stageFor(
      newWorld('a'),
      runbook(
        check('look', { check: 'world.check', onFailure: { do: 'continue' } }),
        branch('which', { if: 'false', goto: 'over' }, { goto: 'by_hand' }),
        manual('by_hand'),
        wait('pause', 90_000),
        action('mend', {
          action: 'world.set',
          with: { targets: { literal: ['a'] }, to: { literal: 'new' } },
          verify: { again: 'look', hold: 60_000, within: 300_000, every: 15_000 },
        }),
        goto('on', 'calm'),
        ask('calm', choice('yes', { end: 'mitigated' })),
        end('over'),
      ),
    )
    const began = stage.clock.now()
    const { run } = await boot(stage, {
      answer: question => (question.kind === 'ask' ? by(question, 'yes') : saying({})(question)),
    })
    const ending = await run()
    expect(ending).toMatchObject({ how: 'ended', state: { outcome: 'mitigated' } })
    expect(await visitsIn(stage)).toEqual(['look', 'which', 'by_hand', 'pause', 'mend', 'on', 'calm'])
    // The wait, and what a verification has to hold.
    expect(stage.clock.now()).toBe(began + 90_000 + 60_000)
  })

  it('gives a check whose input its schema refuses as inconclusive, and does not run it', async () => {
    const bad = check('look', { check: 'world.set-check', with: { cluster: { literal: 3 } } })
    const stage = stageFor(newWorld('a'), runbook(bad, end('over')))
    const { z } = await import('zod')
    let ran = false
    const spec = {
      name: 'world.set-check',
      summary: '',
      input: z.object({ cluster: z.string() }),
      output: z.object({}),
      load: async () => ({
        run: async () => {
          ran = true
          return { verdict: 'pass' as const, output: {}, summary: '' }
        },
      }),
    }
    const { run } = await boot(stage, {
      answer: saying({ inconclusive: 'abort' }),
      deps: { checks: { 'world.set-check': spec as never } },
    })
    await run()
    expect(ran).toBe(false)
    const [observed] = (await entriesOf(stage)).filter(({ type }) => type === 'check.observed')
    expect(observed?.data).toMatchObject({ verdict: 'inconclusive', failure: { code: 'input.invalid' } })
  })
})

describe('an expression', () => {
  it('is evaluated once and written down: a resume reads what it was', async () => {
    const stage = stageFor(
      newWorld('a'),
      runbook(branch('which', { if: 'true', goto: 'over' }), ask('q'), end('over')),
    )
    const { run, deps } = await boot(stage)
    await run()
    const before = await evaluatedIn(stage)
    expect(before).toMatchObject([{ step: 'which', purpose: 'branch', value: 0 }])
    const again = await boot(stage, {
      deps: { evaluator: { ...deps.evaluator, evaluate: () => expect.fail('again') } },
    })
    expect(again.ledger.state().outcome).toBe('resolved')
  })

  it("of a `when` that cannot be known is the operator's to settle in a real run, and not taken for untrue", async () => {
    const stage = stageFor(
      newWorld('a'),
      runbook(check('look', { check: 'world.check', when: 'gone' }), end('over')),
    )
    const { run, asked } = await boot(stage, { answer: saying({ failed: 'continue' }) })
    await run()
    expect(asked).toMatchObject([{ kind: 'failed', step: 'look', visit: 1 }])
    expect(asked[0]?.text).toContain('gone is not known')
    expect(await visitsIn(stage)).toEqual(['over'])
    expect(await evaluatedIn(stage)).toMatchObject([{ purpose: 'when', value: false, missing: 'gone' }])
  })

  it('of a `when` that cannot be known is planned as true in a rehearsal, and says so', async () => {
    const look = check('look', { check: 'world.check', when: 'gone', onFailure: { do: 'continue' } })
    const stage = stageFor(newWorld('a'), runbook(look, end('over')), DRY_RUN)
    await (await boot(stage)).run()
    expect(await visitsIn(stage)).toEqual(['look', 'over'])
    expect((await evaluatedIn(stage))[0]).toMatchObject({ purpose: 'when', value: true, missing: 'gone' })
  })

  it('of a branch that cannot be known stops a real run, and is passed over in a rehearsal', async () => {
    const definition = runbook(
      branch('which', { if: 'gone', goto: 'one' }, { goto: 'two' }),
      end('one'),
      end('two'),
    )
    const real = stageFor(newWorld(), definition)
    const { run, asked } = await boot(real, { answer: saying({ failed: 'abort' }) })
    await run()
    expect(asked.map(({ kind }) => kind)).toEqual(['failed'])
    const rehearsal = stageFor(newWorld(), definition, DRY_RUN)
    await (await boot(rehearsal)).run()
    expect(await visitsIn(rehearsal)).toEqual(['which', 'two'])
  })
})
