import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { coveredBy, toCover } from '../../src/testing/coverage.js'
import { ask, branch, check, choice, end, runbook, stamp } from '../engine/histories.js'

const BOOK = runbook(
  check('look', { when: 'true' }),
  branch('fork', { if: 'a', goto: 'sure' }, { goto: 'over' }),
  ask('sure', choice('yes'), choice('no')),
  end('over'),
)

const covered = (...drafts: Draft[]) => coveredBy(BOOK, drafts.map(stamp))

describe('what can be covered', () => {
  it('is every step, choice, arm of a branch, and each `when` both ways', () => {
    expect(toCover(BOOK)).toEqual([
      'step look',
      'when look is true',
      'when look is false',
      'step fork',
      'branch fork[0]',
      'branch fork[1]',
      'step sure',
      'choice sure.yes',
      'choice sure.no',
      'step over',
    ])
  })
})

describe('what a journal covers', () => {
  it('is a step that was entered, and its `when` that let it', () => {
    const data = { step: 'look', visit: 1, kind: 'check', title: 'look' } as const
    expect(covered({ type: 'step.entered', frame: 'main', data })).toEqual(['step look', 'when look is true'])
  })

  it('is a `when` that passed over its step, and not the step', () => {
    const skipped = (reason: 'when' | 'limit'): Draft => ({
      type: 'step.skipped',
      frame: 'main',
      data: { step: 'look', visit: 1, reason },
    })
    expect(covered(skipped('when'))).toEqual(['when look is false'])
    expect(covered(skipped('limit'))).toEqual([])
  })

  it('is the arm that was taken, by its place', () => {
    const data = { step: 'fork', visit: 1, purpose: 'branch', value: 1 } as const
    expect(covered({ type: 'expression.evaluated', frame: 'main', data })).toEqual(['branch fork[1]'])
  })

  it('is a choice, and no verb and no answer to another kind of question', () => {
    const answered = (step: string, option: string): Draft => ({
      type: 'question.answered',
      frame: 'main',
      data: { step, visit: 1, question: 'q', option, by: 'auto' },
    })
    expect(covered(answered('sure', 'no'), answered('sure', 'skip'), answered('look', 'retry'))).toEqual([
      'choice sure.no',
    ])
  })
})
