import { describe, expect, it } from 'vitest'
import { becameExit, becameWords, heldBackLines } from '../../src/commands/support/do/what-became.js'
import type { Draft } from '../../src/domain/event.js'
import { failure } from '../../src/domain/result.js'
import type { StepFinished } from '../../src/engine/state.js'
import { stamp } from '../engine/histories.js'

const finished = (more: Partial<StepFinished>): StepFinished => ({
  step: 'mend',
  visit: 1,
  outcome: 'applied',
  summary: 'p1 is mended',
  ...more,
})

describe('what became of an action outside of a runbook', () => {
  it.each([
    ['done', { output: {} }, /^Done: p1 is mended\.$/, 0],
    ['nothing to do', { outcome: 'unchanged' }, /^There was nothing to do/, 0],
    ['withheld', { outcome: 'would-change', output: {} }, /^Nothing was changed/, 0],
    ['declined', { outcome: 'declined' }, /^Nothing was done: p1/, 3],
    ['declined at a later plan', { outcome: 'declined', output: { mended: 'p1' } }, /^Only a part/, 3],
    ['refused', { outcome: 'refused' }, /^Nothing was done\. It is refused/, 3],
    ['refused at a later plan', { outcome: 'refused', output: {} }, /^Only a part .* is refused/, 3],
    ['taken back', { outcome: 'undone' }, /taken back/, 1],
    ['failed', { outcome: 'failed' }, /^It failed: p1 is mended\.$/, 1],
    [
      'locked by another one',
      { outcome: 'failed', failure: failure('lock.held', 'p1 is locked', 'wait') },
      /Next: wait\.$/,
      3,
    ],
    [
      'not possible',
      { outcome: 'failed', failure: failure('plan.impossible', 'there is no p1', 'look') },
      /Next: look\.$/,
      1,
    ],
  ] as const)('is said, and is an exit code: %s', (_what, more, words, exit) => {
    expect(becameWords(finished(more))).toMatch(words)
    expect(becameExit(finished(more))).toBe(exit)
  })

  const decided = (decision: 'withheld' | 'refused'): Draft => ({
    type: 'gate.decided',
    frame: 'main',
    data: {
      ...{ step: 'mend', visit: 1, digest: 'd1', level: 'operator', reasons: [], decision, by: 'engine' },
    } as const,
  })

  it('is bound by a line for an answers file where a rehearsal came to a plan, and only there', () => {
    expect(heldBackLines([stamp(decided('withheld'))]).at(-1)).toBe('  gates: { mend: { approve: d1 } }')
    expect(heldBackLines([stamp(decided('refused'))])).toEqual([])
    expect(heldBackLines([])).toEqual([])
  })
})
