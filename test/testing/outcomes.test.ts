import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { outcomesOf } from '../../src/testing/outcomes.js'
import { action, check, end, runbook, stamp } from '../engine/histories.js'
import { each, entered, finished, parallel, run, skipped } from './nested.js'

const BOOK = runbook(
  parallel('both', { left: [check('look'), action('mend')], right: [each('all', check('one'))] }),
  run('other', 'another-runbook'),
  end('over'),
)

const outcomes = (...drafts: Draft[]) => outcomesOf(BOOK, drafts.map(stamp))

const LEFT = 'main/both#1/left'

const op = (type: 'op.started' | 'op.finished', key: string, more: object = {}): Draft =>
  ({
    type,
    frame: LEFT,
    data: {
      step: 'mend',
      visit: 1,
      op: key,
      kind: 'k',
      target: 't',
      args: {},
      token: '',
      result: null,
      ...more,
    },
  }) as Draft // of both types at once: each takes its own part

const undone = (outcome: 'undone' | 'failed', ...keys: string[]): Draft[] => [
  {
    type: 'undo.started',
    frame: 'undo#1',
    data: { step: 'undo', visit: 1, of: [{ frame: LEFT, step: 'mend', visit: 1 }], by: 'auto' },
  },
  {
    type: 'undo.finished',
    frame: 'undo#1',
    data: { step: 'undo', visit: 1, outcome, left: [], undone: keys },
  },
]

describe('how a step came out', () => {
  it('is its outcome, also where it stands inside another one', () => {
    expect(
      outcomes(
        entered('main', 'both'),
        entered(LEFT, 'look'),
        finished(LEFT, 'look', 'passed'),
        finished('main', 'both', 'done'),
      ),
    ).toEqual({ both: 'done', look: 'passed' })
  })

  it('is that of the latest visit, in whichever frame', () => {
    const item = (n: number) => `main/both#1/right/all#1/${n}`
    expect(
      outcomes(
        finished(item(1), 'one', 'failed'),
        finished(item(0), 'one', 'passed'),
        finished(LEFT, 'look', 'passed'),
        finished('main/both#2/left', 'look', 'failed'),
      ),
    ).toEqual({ one: 'passed', look: 'failed' })
  })

  it('is `visited` while no visit has ended, and what the last one came to while another is under way', () => {
    expect(outcomes(entered(LEFT, 'look'))).toEqual({ look: 'visited' })
    expect(outcomes(entered(LEFT, 'look'), finished(LEFT, 'look', 'failed'), entered(LEFT, 'look', 2))).toEqual(
      { look: 'failed' },
    )
  })

  it('is `skipped` where its `when` passed over it, and nothing where its limit led elsewhere', () => {
    expect(outcomes(skipped(LEFT, 'look'))).toEqual({ look: 'skipped' })
    expect(outcomes(skipped(LEFT, 'look', 'limit'))).toEqual({})
  })

  it('is nothing that a runbook does which is called or handed over to', () => {
    expect(
      outcomes(
        finished('main/other#1/another-runbook', 'look', 'failed'),
        finished('main>2', 'look', 'failed'),
        finished('main', 'other', 'done'),
      ),
    ).toEqual({ other: 'done' })
  })
})

describe('an action that was taken back', () => {
  const applied = [op('op.started', 'a'), op('op.finished', 'a'), finished(LEFT, 'mend', 'applied')]

  it('is undone', () => {
    expect(outcomes(...applied, ...undone('undone', 'a'))).toEqual({ mend: 'undone' })
  })

  it('is not undone while a change of it stands', () => {
    const second = [op('op.started', 'b'), op('op.finished', 'b')]
    expect(outcomes(...second, ...applied, ...undone('failed', 'a'))).toEqual({ mend: 'applied' })
    expect(outcomes(...second, ...applied, ...undone('failed', 'a'), ...undone('undone', 'b'))).toEqual({
      mend: 'undone',
    })
  })

  it('is undone though it looked as well: a look leaves nothing', () => {
    const look = op('op.started', 'look', { look: true })
    expect(outcomes(look, ...applied, ...undone('undone', 'a'))).toEqual({ mend: 'undone' })
  })

  it('is as its next visit came out, where there was one before', () => {
    expect(outcomes(...applied, finished(LEFT, 'mend', 'failed', 2), ...undone('undone', 'a'))).toEqual({
      mend: 'failed',
    })
  })
})
