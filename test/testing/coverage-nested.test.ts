import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { coveredBy, toCover } from '../../src/testing/coverage.js'
import { ask, branch, check, choice, end, runbook, stamp } from '../engine/histories.js'
import { answered, branched, each, entered, parallel, run, skipped } from './nested.js'

const BOOK = runbook(
  parallel('both', {
    left: [check('look', { when: 'a' }), branch('fork', { if: 'b', goto: 'look' }, { goto: 'look' })],
    right: [each('all', ask('sure', choice('yes'), choice('no')))],
  }),
  run('other', 'another-runbook'),
  end('over'),
)

const covered = (...drafts: Draft[]) => coveredBy(BOOK, drafts.map(stamp))

describe('what can be covered of steps inside others', () => {
  it('is each of them by its own id, with its choices, arms and `when` both ways, from the top of the file', () => {
    expect(toCover(BOOK)).toEqual([
      'step both',
      'step look',
      'when look is true',
      'when look is false',
      'step fork',
      'branch fork[0]',
      'branch fork[1]',
      'step all',
      'step sure',
      'choice sure.yes',
      'choice sure.no',
      'step other',
      'step over',
    ])
  })
})

describe('what a journal covers of steps inside others', () => {
  it('is what happened in the frame of a branch', () => {
    expect(covered(entered('main/both#1/left', 'look'), branched('main/both#1/left', 'fork', 1))).toEqual([
      'step look',
      'when look is true',
      'branch fork[1]',
    ])
    expect(covered(skipped('main/both#2/left', 'look'))).toEqual(['when look is false'])
  })

  it('is what happened for any item, however deep', () => {
    const frame = (item: number) => `main/both#1/right/all#1/${item}`
    expect(covered(answered(frame(0), 'sure', 'no'), answered(frame(1), 'sure', 'yes'))).toEqual([
      'choice sure.yes',
      'choice sure.no',
    ])
  })

  it('is nothing that another runbook did, though its steps have the same ids', () => {
    expect(
      covered(
        entered('main/other#1/another-runbook', 'look'),
        entered('main>2', 'look'),
        entered('main/both#1/left>2', 'look'),
        entered('undo#1', 'look'),
      ),
    ).toEqual([])
  })
})
