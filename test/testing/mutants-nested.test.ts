import { describe, expect, it } from 'vitest'
import { everyStep, type Runbook, type Step } from '../../src/domain/runbook.js'
import { mutantsOf } from '../../src/testing/mutants.js'
import { action, ask, check, choice, end, goto, runbook } from '../engine/histories.js'
import { each, parallel, run, until } from './nested.js'

const whats = (book: Runbook): string[] => mutantsOf(book).map(({ what }) => what)

const VERIFY = { again: 'look', hold: 0, within: 60_000, every: 15_000 }

const mutant = (book: Runbook, what: string): Runbook => {
  const found = mutantsOf(book).find(one => one.what === what)
  if (!found) throw new Error(`no mutant "${what}" among: ${whats(book).join(', ')}`)
  return found.runbook
}

/** The steps that are otherwise than before, as the mutant has them; those that are gone as their ids. */
const changed = (book: Runbook, what: string): (Step | string)[] => {
  const after = new Map(everyStep(mutant(book, what).steps).map(step => [step.id, step]))
  return everyStep(book.steps).flatMap<Step | string>(step => {
    const now = after.get(step.id)
    if (!now) return [step.id]
    const isNest = step.kind === 'parallel' || step.kind === 'each'
    return isNest || JSON.stringify(now) === JSON.stringify(step) ? [] : [now]
  })
}

describe('mutants of steps inside others', () => {
  it('turn a condition round in one of them and leave all else as it is', () => {
    const book = runbook(
      parallel('both', {
        left: [check('a', { expect: 'x' }), check('b', { when: 'y' })],
        right: [each('all', check('c', { expect: 'z' }), check('d'))],
      }),
      end('over'),
    )
    expect(changed(book, 'a: `expect` the other way round')).toMatchObject([{ id: 'a', expect: '!(x)' }])
    expect(changed(book, 'b: `when` the other way round')).toMatchObject([{ id: 'b', when: '!(y)' }])
    expect(changed(book, 'c: `expect` the other way round')).toMatchObject([{ id: 'c', expect: '!(z)' }])
  })

  it('leave one of them out, the last one of its list, too', () => {
    const book = runbook(
      parallel('both', { left: [check('a'), check('b')], right: [each('all', check('c'), check('d'))] }),
      end('over'),
    )
    for (const id of ['a', 'b', 'c', 'd']) expect(changed(book, `${id}: left out`)).toEqual([id])
  })

  it('leave no list empty, and cut off no way: the last one stays where something leads to it', () => {
    const book = runbook(
      each('all', check('a', { onFailure: { do: 'goto', goto: 'c' } }), check('b'), check('c')),
      each('single', check('d')),
      end('over'),
    )
    const left = whats(book).filter(what => what.endsWith('left out'))
    expect(left).toEqual(['all: left out', 'a: left out', 'b: left out', 'single: left out'])
  })

  it('lead on to what follows in the same list', () => {
    const book = runbook(
      parallel('both', {
        left: [
          ask('sure', choice('yes', { goto: 'b', reset: 'b' }), choice('no')),
          goto('on', 'b'),
          action('b', { limit: { visits: 2, then: 'c' } }),
          check('c'),
        ],
      }),
      end('over'),
    )
    expect(changed(book, 'b: left out')).toMatchObject([
      { id: 'sure', choices: [{ key: 'yes', goto: 'c' }, { key: 'no' }] },
      { id: 'on', goto: 'c' },
      'b',
    ])
  })

  it('take the look afterwards away with the check, wherever that looks from', () => {
    const book = runbook(
      each('all', action('mend', { verify: VERIFY }), until('calm', { again: 'look' })),
      parallel('both', { left: [check('look'), check('other')] }),
      end('over'),
    )
    for (const what of ['look: left out', 'both: left out']) {
      const [mend, calm] = changed(book, what)
      expect(mend).toMatchObject({ id: 'mend' })
      expect(mend).not.toHaveProperty('verify')
      expect(calm).toMatchObject({ id: 'calm', wait: { until: 'a' } })
      expect(calm).not.toHaveProperty('wait.again')
    }
  })
})

describe('mutants of what a step may have', () => {
  it('forget to look again, what to do after a failure, and turn round what is waited for', () => {
    const retry = { times: 3, every: 15_000 }
    const book = runbook(
      check('look', { retry }),
      { ...until('calm'), onFailure: { do: 'continue' } },
      { ...run('other', 'another-runbook'), onFailure: { do: 'abort' } },
      { ...each('all', check('one')), onFailure: { do: 'goto', goto: 'over' } },
      end('over'),
    )
    expect(changed(book, 'look: without `retry`')[0]).not.toHaveProperty('retry')
    expect(changed(book, 'calm: `until` the other way round')).toMatchObject([{ wait: { until: '!(a)' } }])
    expect(changed(book, 'calm: without `on_failure`')).toMatchObject([{ onFailure: { do: 'ask' } }])
    expect(changed(book, 'other: without `on_failure`')).toMatchObject([{ onFailure: { do: 'ask' } }])
    expect(whats(book)).toContain('all: without `on_failure`')
  })

  it('know of which nobody can tell unless the action is carried out', () => {
    const book = runbook(
      check('look', { onFailure: { do: 'continue' } }),
      each('all', action('mend', { verify: VERIFY, onFailure: { do: 'continue' }, when: 'a' }), check('one')),
      end('over'),
    )
    const needing = mutantsOf(book).filter(({ needs }) => needs !== undefined)
    expect(needing.map(({ what, needs }) => `${needs} < ${what}`)).toEqual([
      'mend < mend: without `on_failure`',
      'mend < mend: without `verify`',
    ])
  })
})
