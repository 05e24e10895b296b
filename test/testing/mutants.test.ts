import { describe, expect, it } from 'vitest'
import type { Runbook, Step } from '../../src/domain/runbook.js'
import { mutantsOf } from '../../src/testing/mutants.js'
import { action, ask, branch, check, choice, end, runbook, wait } from '../engine/histories.js'

const stepsOf = (book: Runbook, what: string): readonly Step[] => {
  const mutant = mutantsOf(book).find(one => one.what === what)
  if (!mutant)
    throw new Error(
      `no mutant "${what}" among: ${mutantsOf(book)
        .map(one => one.what)
        .join(', ')}`,
    )
  return mutant.runbook.steps
}

const whats = (book: Runbook): string[] => mutantsOf(book).map(({ what }) => what)

describe('the mutants of a runbook', () => {
  it('leave out each step but the last one, and what led to it leads to the next one', () => {
    const book = runbook(
      check('look', { onFailure: { do: 'goto', goto: 'pause' } }),
      wait('pause', 1_000),
      end('over'),
    )
    expect(whats(book).filter(what => what.endsWith('left out'))).toEqual(['look: left out', 'pause: left out'])
    const [look] = stepsOf(book, 'pause: left out')
    expect(look).toMatchObject({ id: 'look', onFailure: { do: 'goto', goto: 'over' } })
  })

  it('turn each condition round, one at a time', () => {
    const book = runbook(
      check('look', { expect: 'a', when: 'b' }),
      branch('fork', { if: 'c', goto: 'over' }, { goto: 'over' }),
      end('over'),
    )
    expect(stepsOf(book, 'look: `expect` the other way round')[0]).toMatchObject({ expect: '!(a)', when: 'b' })
    expect(stepsOf(book, 'look: `when` the other way round')[0]).toMatchObject({ expect: 'a', when: '!(b)' })
    expect(stepsOf(book, 'fork: branch[0] the other way round')[1]).toMatchObject({
      branch: [{ if: '!(c)', goto: 'over' }, { goto: 'over' }],
    })
    expect(whats(book).filter(what => what.startsWith('fork: branch'))).toHaveLength(1)
  })

  it('forget the look afterwards, the limit, and what to do after a failure', () => {
    const book = runbook(
      check('look'),
      action('mend', {
        verify: { again: 'look', hold: 0, within: 60_000, every: 15_000 },
        limit: { visits: 3, then: 'over' },
        onFailure: { do: 'continue' },
      }),
      end('over'),
    )
    expect(stepsOf(book, 'mend: without `verify`')[1]).not.toHaveProperty('verify')
    expect(stepsOf(book, 'mend: without `limit`')[1]).not.toHaveProperty('limit')
    expect(stepsOf(book, 'mend: without `on_failure`')[1]).toMatchObject({ onFailure: { do: 'ask' } })
    // Without its check, an action cannot look again.
    expect(stepsOf(book, 'look: left out')[0]).not.toHaveProperty('verify')
  })

  it('redirect choices, and forget a count whose step is gone', () => {
    const book = runbook(
      action('mend', { limit: { visits: 1, then: 'stuck' } }),
      ask('stuck', choice('more', { goto: 'mend', reset: 'mend' }), choice('stop', { end: 'unresolved' })),
      end('over'),
    )
    expect(stepsOf(book, 'mend: left out')[0]).toMatchObject({
      id: 'stuck',
      choices: [
        { key: 'more', goto: 'stuck' },
        { key: 'stop', end: 'unresolved' },
      ],
    })
    expect(stepsOf(book, 'mend: left out')[0]).not.toMatchObject({ choices: [{ reset: 'mend' }] })
  })

  it('change the runbook that they are made of in nothing', () => {
    const book = runbook(check('look', { expect: 'a' }), end('over'))
    const before = structuredClone(book)
    mutantsOf(book)
    expect(book).toEqual(before)
  })
})
