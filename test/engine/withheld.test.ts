import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noCapacity } from '../../src/domain/plan.js'
import { formatFidelity } from '../../src/engine/fidelity.js'
import { expecting, take, until } from './drive.js'
import { accepted, action, check, DRY_RUN, end, goto, type Incident, open, plan, runbook } from './histories.js'
import * as reply from './replies.js'
import { walk, walks } from './walks.js'

const rehearse = (...steps: Parameters<typeof runbook>): Incident =>
  open(runbook(...steps), { mode: DRY_RUN, inputs: { cluster: 'c1' } })

const changeIn = (cluster: string, changes: number) => {
  const one = plan()
  return plan({
    blast: { ...one.blast, cluster },
    changes: Array.from({ length: changes }, (_, index) => ({ ...one.changes[0]!, resource: `r${index}` })),
  })
}

const wouldChange = (incident: Incident, made = plan()): void => {
  until(incident, 'plan')
  take(incident, 'plan', command => reply.planned(command, made))
  take(incident, 'gate', command => reply.decided(command, 'withheld'))
  take(incident, 'finish', reply.finished)
}

/** The status with which the check under way ends. */
const checked = (incident: Incident, input = {}) => {
  until(incident, 'evaluate')
  take(incident, 'evaluate', command => reply.evaluated(command, input))
  take(incident, 'check', command => reply.observed(command, 'pass'))
  const { withheld } = expecting(incident, 'finish').finished
  take(incident, 'finish', reply.finished)
  return withheld
}

describe('a run whose effects are withheld', () => {
  it('never applies, never says that it applied, and ends as a rehearsal', () => {
    fc.assert(
      fc.property(walks, one => {
        const incident = walk({ ...one, withheld: true })
        const phases = incident.states.map(state => state.frames.main?.phase.at)
        expect(phases).not.toContain('confirming')
        expect(phases).not.toContain('applying')
        const types = incident.events.map(({ type }) => type)
        expect(types.filter(type => /^(apply|op|undo)\./.test(type))).toEqual([])
        expect(types.at(-1)).toBe('dry_run.ended')
        expect(types).not.toContain('incident.ended')
        for (const { type, data } of incident.events)
          if (type === 'step.finished') expect(['applied', 'undone']).not.toContain(data.outcome)
      }),
      { numRuns: 300 },
    )
  })

  it('takes no consent for an answer: a gate can be withheld or refused, not approved', () => {
    const incident = rehearse(action('mend'))
    const command = until(incident, 'gate')
    const can = (decision: 'approved' | 'declined' | 'refused' | 'withheld') =>
      reply.decided(command, decision).every(draft => accepted(incident, draft))
    expect(can('approved')).toBe(false)
    expect(can('withheld')).toBe(true)
    expect(can('refused')).toBe(true)
  })

  it('goes on after a change that it would make, with the output that was predicted, marked as such', () => {
    const verify = { again: 'look', hold: 0, within: 0, every: 1 }
    const incident = rehearse(
      check('look'),
      action('mend', { verify, onFailure: { do: 'abort' } }),
      end('over'),
    )
    wouldChange(incident)
    expect(incident.state().frames.main?.results.mend).toEqual({
      outcome: 'would-change',
      visit: 1,
      output: { changed: 'r1' },
      predicted: true,
    })
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'over' } })
  })

  it('says of a check how many changes it came before, in its own cluster', () => {
    const incident = rehearse(
      check('first'),
      action('mend'),
      check('second'),
      check('third'),
      check('all'),
      end('over'),
    )
    expect(checked(incident, { cluster: 'c1' })).toEqual({ status: 'checked', unmade: 0 })
    wouldChange(incident, changeIn('c2', 3))
    expect(checked(incident, { cluster: 'c1' })).toEqual({ status: 'checked', unmade: 0 })
    expect(checked(incident, { cluster: 'c2' })).toEqual({ status: 'checked', unmade: 3 })
    expect(checked(incident, {})).toEqual({ status: 'checked', unmade: 3 })
  })

  it('says so of a check after a plan that takes no capacity of that cluster, and spends of it', () => {
    const incident = rehearse(action('mend'), check('look'), end('over'))
    const spends = { guardrail: 'flush', cluster: 'c1', each: { s1: 1 }, whole: { s1: 1 } } as const
    wouldChange(incident, plan({ blast: noCapacity(true), spends }))
    expect(checked(incident, { cluster: 'c1' })).toEqual({ status: 'checked', unmade: 1 })
  })

  it('adds up the changes that were not made', () => {
    const incident = rehearse(action('one'), action('two'), check('look'), end('over'))
    wouldChange(incident, changeIn('c1', 2))
    wouldChange(incident, changeIn('c1', 3))
    expect(checked(incident, { cluster: 'c1' })).toEqual({ status: 'checked', unmade: 5 })
  })

  it('marks a step whose input is not known, and goes on', () => {
    const incident = rehearse(action('mend', { onFailure: { do: 'abort' } }), end('over'))
    until(incident, 'evaluate')
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.mend.new'))
    expect(expecting(incident, 'finish').finished).toMatchObject({
      outcome: 'inconclusive',
      withheld: { status: 'not-evaluable' },
    })
    take(incident, 'finish', reply.finished)
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'over' } })
  })

  it('marks a check whose `expect` is not known, and goes on without asking', () => {
    const incident = rehearse(check('look', { expect: 'result == steps.gone' }), end('over'))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'pass'))
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.gone'))
    expect(expecting(incident, 'finish').finished).toMatchObject({
      outcome: 'inconclusive',
      output: { seen: 'pass' },
      withheld: { status: 'not-evaluable' },
    })
    take(incident, 'finish', reply.finished)
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'over' } })
  })

  it('leaves a refusal to the operator, as a real run does', () => {
    const incident = rehearse(action('mend'), end('over'))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.decided(command, 'refused'))
    take(incident, 'finish', reply.finished)
    expect(expecting(incident, 'ask').question.kind).toBe('failed')
  })

  it('counts what it can vouch for, and what not', () => {
    const incident = rehearse(
      check('first'),
      action('mend'),
      check('second'),
      check('third'),
      action('last'),
      goto('on', 'over'),
      end('over'),
    )
    checked(incident, {})
    wouldChange(incident)
    checked(incident, {})
    checked(incident, {})
    until(incident, 'evaluate')
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.mend.new'))
    until(incident, 'end')
    expect(incident.state().fidelity).toEqual({
      'would-change': 1,
      checked: 1,
      'checked-before-unmade': 2,
      'not-evaluable': 1,
    })
    expect(formatFidelity(incident.state())).toBe(
      '1 would change, 1 checked, 2 checked before unmade changes, 1 not evaluable',
    )
  })
})

describe('a run whose effects are applied', () => {
  it('has no withheld status on any step', () => {
    fc.assert(
      fc.property(walks, one => {
        for (const { type, data } of walk({ ...one, withheld: false }).events)
          if (type === 'step.finished') expect(data.withheld).toBeUndefined()
      }),
    )
  })
})
