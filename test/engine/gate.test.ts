import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blast, Guardrail, Spending } from '../../src/domain/plan.js'
import type { Approve } from '../../src/domain/runbook.js'
import { gate } from '../../src/engine/gate.js'
import type { Rate } from '../../src/engine/rate.js'
import { plan } from './histories.js'

const NOTHING: Blast = {
  cluster: 'c1',
  serving: 6,
  floor: 4,
  takes: 0,
  unavailable: 0,
  adds: 0,
  irreversible: false,
}

const levelOf = (blast: Partial<Blast>, approve?: Approve, maxUnavailable = 1) =>
  gate(plan({ blast: { ...NOTHING, ...blast } }), approve, { maxUnavailable })

const TAKES = { takes: 1, unavailable: 1 }
const FINAL = { irreversible: true }

describe('who must agree to a plan', () => {
  it.each<[string, Partial<Blast>, Approve | undefined, string, string[]]>([
    ['a plan that touches no capacity', {}, undefined, 'auto', []],
    ['one that adds capacity', { adds: 1 }, undefined, 'operator', ['it adds capacity']],
    ['one that takes capacity', TAKES, undefined, 'operator', ['it takes capacity away']],
    [
      'one that does both',
      { ...TAKES, adds: 1 },
      undefined,
      'operator',
      ['it takes capacity away', 'it adds capacity'],
    ],
    ['one that cannot be undone', FINAL, undefined, 'typed', ['it cannot be undone']],
    ['a step that asks for an operator', {}, 'operator', 'operator', ['the runbook asks for it']],
    ['a step that asks for a typed word', {}, 'typed', 'typed', ['the runbook asks for it']],
    ['a step that asks for a peer', {}, 'peer', 'peer', ['the runbook asks for it']],
    ['a step that asks for less than its plan does', FINAL, 'operator', 'typed', ['it cannot be undone']],
    ['a step that asks for more than its plan does', FINAL, 'peer', 'peer', ['the runbook asks for it']],
  ])('%s', (_what, blast, approve, level, reasons) => {
    expect(levelOf(blast, approve)).toEqual({ level, reasons, guardrails: [] })
  })

  it('is the highest that anything asks for, and never lower than what the step asks for', () => {
    const ORDER = ['auto', 'operator', 'typed', 'peer', 'refused']
    const steps = fc.constantFrom<Approve | undefined>(undefined, 'operator', 'typed', 'peer')
    const blasts = fc.record({
      adds: fc.nat({ max: 2 }),
      takes: fc.nat({ max: 3 }),
      unavailable: fc.nat({ max: 3 }),
      serving: fc.nat({ max: 7 }),
      irreversible: fc.boolean(),
    })
    fc.assert(
      fc.property(blasts, steps, (blast, approve) => {
        const { level } = levelOf(blast, approve)
        expect(ORDER.indexOf(level)).toBeGreaterThanOrEqual(ORDER.indexOf(approve ?? 'auto'))
        if (blast.irreversible) expect(ORDER.indexOf(level)).toBeGreaterThanOrEqual(ORDER.indexOf('typed'))
        if (blast.takes > 0 && blast.serving - blast.takes < NOTHING.floor) expect(level).toBe('refused')
      }),
    )
  })
})

describe('the floor', () => {
  it.each([
    ['may be reached', { serving: 5, takes: 1 }, 'operator'],
    ['may not be passed', { serving: 4, takes: 1 }, 'refused'],
    ['may not be passed by several at once', { serving: 6, takes: 3 }, 'refused'],
    ['that is passed already refuses to take another', { serving: 2, takes: 1 }, 'refused'],
    ['that is passed already lets a dead proxy be removed', { serving: 2, takes: 0 }, 'auto'],
    ['that is passed already lets capacity be added', { serving: 2, adds: 1 }, 'operator'],
  ] as const)('%s', (_what, blast, level) => {
    expect(levelOf(blast, undefined, 9).level).toBe(level)
  })

  it('is named in the refusal, with what would be left', () => {
    expect(levelOf({ serving: 4, takes: 1 }).reasons).toEqual([
      'it would leave 3 serving proxies in c1; min_healthy is 4',
    ])
  })
})

describe('the number out of service', () => {
  it.each([
    ['may reach its maximum', { takes: 1, unavailable: 1 }, 1, 'operator'],
    ['may not pass its maximum', { takes: 1, unavailable: 2 }, 1, 'refused'],
    ['may pass it where the posture allows more', { takes: 1, unavailable: 2 }, 3, 'operator'],
    ['that is passed already lets a dead proxy be removed', { takes: 0, unavailable: 5 }, 1, 'auto'],
    ['that is passed already lets capacity be added', { adds: 1, unavailable: 5 }, 1, 'operator'],
  ] as const)('%s', (_what, blast, most, level) => {
    expect(levelOf(blast, undefined, most).level).toBe(level)
  })

  it('and the floor are both named where both refuse', () => {
    expect(levelOf({ serving: 4, takes: 1, unavailable: 2, irreversible: true }, 'peer').reasons).toEqual([
      'it would leave 3 serving proxies in c1; min_healthy is 4',
      'it would have 2 proxies out of service; max_unavailable_proxies is 1',
    ])
  })
})

describe('what counts over time', () => {
  const spends: Spending = { guardrail: 'flush', cluster: 'c1', each: { a: 1 }, whole: { a: 1, b: 1 } }
  const flushing = plan({ blast: { ...NOTHING, ...FINAL }, spends })
  const rate = (most: number): Rate => ({ most, per: 60_000, now: 0, spent: [] })
  const atMost = (most: number, ...overridden: Guardrail[]) =>
    gate(flushing, undefined, { maxUnavailable: 1, rate: rate(most) }, overridden)

  it('lets a plan pass that stays within it, and refuses one that does not', () => {
    expect(atMost(0.5)).toEqual({ level: 'typed', reasons: ['it cannot be undone'], guardrails: [] })
    expect(atMost(0.4)).toMatchObject({ level: 'refused', guardrails: ['flush'] })
    expect(atMost(0.4).reasons).toEqual([expect.stringContaining('50 % of c1 would be flushed')])
  })

  it('can be overridden, by its name alone', () => {
    expect(atMost(0.4, 'flush').level).toBe('typed')
    expect(atMost(0.4, 'min_healthy', 'max_unavailable_proxies').level).toBe('refused')
  })

  it('refuses where nobody said how much', () => {
    expect(gate(flushing, undefined, { maxUnavailable: 1 }).level).toBe('refused')
  })
})
