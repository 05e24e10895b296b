import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toInstant } from '../../src/domain/instant.js'
import type { Spending } from '../../src/domain/plan.js'
import { excess, type Rate, type Spent, spentIn } from '../../src/engine/rate.js'
import { EMPTY, type OpState } from '../../src/engine/state.js'

const MINUTE = 60_000
const NOW = 1_800_000_000_000
const PER = 10 * MINUTE

const spent = (target: string, amount: number, minutesAgo: number, more: Partial<Spent> = {}): Spent => ({
  guardrail: 'flush',
  cluster: 'c1',
  target,
  amount,
  at: toInstant(NOW - minutesAgo * MINUTE),
  ...more,
})

/** Four shards that hold as much each; what is flushed of them holds nothing at first. */
const FOUR = { a: 100, b: 100, c: 100, d: 100 }
const spending = (each: Spending['each'], whole: Spending['whole'] = FOUR): Spending => ({
  guardrail: 'flush',
  cluster: 'c1',
  each,
  whole,
})

const refusal = (
  each: Spending['each'],
  before: readonly Spent[] = [],
  { whole, ...rate }: Partial<Rate> & { readonly whole?: Spending['whole'] } = {},
) => excess(spending(each, whole), { most: 0.5, per: PER, now: NOW, spent: before, ...rate })

describe('how much may be used up in a time', () => {
  it('is a share of the whole, and may be reached', () => {
    expect(refusal({ a: 100, b: 100 })).toBeUndefined()
    expect(refusal({ a: 100, b: 100, c: 100 })).toBe(
      '75 % of c1 would be flushed within 10m; flush.max_fraction is 50 %; too much by itself: take fewer at a time, or wait until the others hold more again',
    )
  })

  it('counts what was used up before, until so much time has passed', () => {
    const before = [spent('a', 100, 4), spent('b', 100, 7)]
    const whole = { ...FOUR, a: 0, b: 0 }
    expect(refusal({ c: 100 }, before, { whole })).toBe(
      '75 % of c1 would be flushed within 10m, 50 % before this plan; flush.max_fraction is 50 %; possible in at most 6m',
    )
    // b has filled again by then, and is no longer counted.
    expect(refusal({ c: 100 }, before, { whole: { ...FOUR, a: 0 }, now: NOW + 3 * MINUTE })).toBeUndefined()
  })

  it('lets the whole be used up in stages where it may be used up at once', () => {
    const before = [spent('a', 100, 3), spent('b', 100, 2), spent('c', 100, 1)]
    expect(refusal({ d: 100 }, before, { most: 1, whole: { a: 0, b: 0, c: 0, d: 100 } })).toBeUndefined()
    expect(refusal({ d: 100 }, before, { most: 0.99, whole: { a: 0, b: 0, c: 0, d: 100 } })).toContain('100 %')
  })

  it('counts the same target again when it has filled again', () => {
    expect(refusal({ a: 100 }, [spent('a', 100, 1), spent('b', 100, 1)])).toContain('75 %')
  })

  it('knows that what has stayed empty is no more a part of what there is', () => {
    expect(refusal({ d: 100 }, [], { whole: { a: 0, b: 0, c: 0, d: 100 } })).toContain('100 %')
  })

  it('is not about another cluster', () => {
    const elsewhere = [spent('a', 100, 1, { cluster: 'c2' }), spent('b', 100, 1, { cluster: 'c2' })]
    expect(refusal({ c: 100 }, elsewhere)).toBeUndefined()
  })

  it('calls peers equal that are as good as equal', () => {
    const whole = { a: 1_004, b: 1_000, c: 998, d: 998 }
    expect(refusal({ a: 1_004 }, [], { most: 0.25, whole })).toBeUndefined()
    expect(refusal({ a: 1_104 }, [], { most: 0.25, whole: { ...whole, a: 1_104 } })).toContain('27 %')
  })

  it('of nothing lets nothing pass, be it ever so little', () => {
    const whole = { a: 1, b: 100_000 }
    expect(refusal({ a: 1 }, [], { most: 0.01, whole })).toBeUndefined()
    expect(refusal({ a: 1 }, [], { most: 0, whole })).toBeDefined()
  })

  it('is nothing where the fleet file does not say', () => {
    expect(excess(spending({ a: 1 }), { per: 0, now: NOW, spent: [] })).toBe(
      'the fleet file has no guardrails.flush, so nothing says how much of c1 may be flushed at a time',
    )
  })

  it('says nothing against what there is nothing of', () => {
    expect(refusal({ a: 0 }, [], { whole: { a: 0, b: 0 }, most: 0 })).toBeUndefined()
  })

  it('never lets more pass by what was used up before, whenever that was', () => {
    const amounts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 100 }), {
      minKeys: 1,
    })
    const history = fc.array(
      fc.record({ target: fc.constantFrom('a', 'b', 'c', 'd'), ago: fc.integer({ min: 0, max: 30 }) }),
    )
    fc.assert(
      fc.property(amounts, history, fc.double({ min: 0, max: 1, noNaN: true }), (each, past, most) => {
        const before = past.map(({ target, ago }) => spent(target, 100, ago))
        if (refusal(each, [], { most }) !== undefined) expect(refusal(each, before, { most })).toBeDefined()
      }),
    )
  })
})

describe('what an incident has used up', () => {
  const op = (key: string, status: OpState['status'], spends?: OpState['spends']): OpState => ({
    op: key,
    kind: 'flush',
    target: key,
    frame: 'main',
    step: 's',
    visit: 1,
    args: {},
    token: '',
    status,
    ...(spends ? { spends } : {}),
  })

  it('is what has happened or may have: nothing that failed, was refused or is known not to have been done', () => {
    const { target: _, ...spends } = spent('', 7, 1)
    const statuses = ['started', 'finished', 'failed', 'refused', 'not-done'] as const
    const ops = [...statuses.map(status => op(status, status, spends)), op('look', 'finished')]
    const state = { ...EMPTY, ops: [Object.fromEntries(ops.map(one => [one.op, one]))] }
    expect(spentIn(state)).toEqual(['started', 'finished'].map(target => ({ ...spends, target })))
  })
})
