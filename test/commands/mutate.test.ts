import { describe, expect, it } from 'vitest'
import { mutateAll } from '../../src/commands/support/testing/mutate.js'
import type { Job } from '../../src/commands/support/testing/play-case.js'
import type { Suite } from '../../src/commands/support/testing/suite.js'
import { ok } from '../../src/domain/result.js'
import type { Played } from '../../src/testing/verdict.js'
import { action, check, end, runbook } from '../engine/histories.js'
import { testStreams } from '../hosts/streams.js'

const BOOK = runbook(
  check('look'),
  action('mend', { verify: { again: 'look', hold: 0, within: 60_000, every: 15_000 } }),
  end('over'),
)

const played = (steps: Played['steps'] = {}): Played => ({
  outcome: 'resolved',
  because: '',
  steps,
  measures: {},
  covered: [],
  timeline: [],
})

/** Mutants of a runbook whose action came out like that in its cases, and what every one of them plays. */
const mutated = async (outcomes: readonly Played['steps'][], mutant: Played) => {
  const suite: Suite = {
    file: 'a.test.yaml',
    runbook: BOOK,
    // The pool below looks at no job.
    cases: [{ name: 'one', expect: { outcome: 'resolved', steps: {}, score: {} }, job: {} as Job }],
  }
  const results = outcomes.map(steps => ({ suite, name: 'one', result: ok(played(steps)), wrong: [] }))
  const { said, ...streams } = testStreams()
  const killed = await mutateAll({ ...streams, env: {}, cwd: '/' }, results, {
    play: async () => ok(mutant),
    close: () => {},
  })
  return { killed, lines: said.out().split('\n').slice(0, -1) }
}

const BAD: Played = { ...played(), outcome: 'unresolved' }

describe('mutants', () => {
  it('are killed by a case that comes out otherwise', async () => {
    const { killed, lines } = await mutated([{ mend: 'applied' }], BAD)
    expect(killed).toBe(true)
    expect(lines).toEqual(['3 mutants, 0 survived'])
  })

  it('survive where no case does, and are named', async () => {
    const { killed, lines } = await mutated([{ mend: 'applied' }], played())
    expect(killed).toBe(false)
    expect(lines).toEqual([
      'survived: a-runbook: look: left out',
      'survived: a-runbook: mend: left out',
      'survived: a-runbook: mend: without `verify`',
      '3 mutants, 3 survived',
    ])
  })

  it('are not played where a drill holds back what they would change, and that is said', async () => {
    const { killed, lines } = await mutated([{ mend: 'would-change' }, {}], BAD)
    expect(killed).toBe(true)
    expect(lines).toEqual([
      'not played: a-runbook: mend: without `verify` (a drill holds back what that step does)',
      '2 mutants, 0 survived',
    ])
  })

  it('are played where one case carried the action out, or none came to it', async () => {
    for (const outcomes of [[{ mend: 'would-change' }, { mend: 'applied' }], [{}]])
      expect((await mutated(outcomes, BAD)).lines).toEqual(['3 mutants, 0 survived'])
  })
})
