import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/domain/json.js'
import { agreeToUndo, expecting, take, until } from './drive.js'
import { action, check, end, frameOf, type Incident, open, phaseOf, runbook } from './histories.js'
import type { Of } from './replies.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

const REST: JsonObject = { proxies: ['b'] }

const came = (command: Of<'apply'>, output: JsonObject, next?: JsonObject) =>
  reply.drafts({
    type: 'apply.finished',
    frame: command.frame,
    data: {
      ...reply.visitOf(command),
      outcome: 'applied',
      output,
      summary: `did ${JSON.stringify(output)}`,
      ...(next ? { next } : {}),
    },
  })

/** Up to where the plan for the rest is due. */
const halfway = (more: Parameters<typeof action>[1] = {}): Incident => {
  const incident = open(runbook(action('a', more), check('again'), end('after')))
  until(incident, 'apply')
  take(incident, 'apply', command => [
    ...reply.opFinished(command, 'one'),
    ...came(command, { done: ['a'], left: 1 }, REST),
  ])
  return incident
}

const toTheGate = (incident: Incident): void => {
  take(incident, 'plan', command => reply.planned(command))
}

const outcomeOf = (incident: Incident) => {
  const { finished } = expecting(incident, 'finish')
  return { outcome: finished.outcome, output: finished.output }
}

const SO_FAR = { done: ['a'], left: 1 }

describe('an apply that names another plan', () => {
  it('is followed by that plan in the same visit, agreed to by itself', () => {
    const incident = halfway()
    expect(expecting(incident, 'plan')).toMatchObject({ input: REST, visit: 1 })
    toTheGate(incident)
    expect(expecting(incident, 'gate')).toMatchObject({ visit: 1 })
    expect(incident.events.filter(({ type }) => type === 'step.entered')).toHaveLength(1)
  })

  it('comes to what all its plans came to: lists are joined, of anything else the latest stands', () => {
    const incident = halfway()
    until(incident, 'apply')
    take(incident, 'apply', command => came(command, { done: ['b'], left: 0 }))
    expect(outcomeOf(incident)).toEqual({ outcome: 'applied', output: { done: ['a', 'b'], left: 0 } })
  })

  it('is verified once, after the last plan, with what all came to', () => {
    const incident = halfway({ verify: { again: 'again', hold: 0, within: 60_000, every: 1_000 } })
    expect(phaseOf(incident)).toBe('planning')
    until(incident, 'apply')
    take(incident, 'apply', command => came(command, { done: ['b'], left: 0 }))
    expect(phaseOf(incident)).toBe('verifying')
    until(incident, 'finish')
    expect(outcomeOf(incident)).toEqual({ outcome: 'applied', output: { done: ['a', 'b'], left: 0 } })
  })

  it('has succeeded where nothing is left to do', () => {
    const incident = halfway()
    take(incident, 'plan', command => reply.notPlanned(command, 'plan.nothing-to-do'))
    expect(outcomeOf(incident)).toEqual({ outcome: 'applied', output: SO_FAR })
  })

  it('keeps what was done where the rest cannot be planned, is declined, or fails', () => {
    const ways: readonly [string, (incident: Incident) => void][] = [
      ['failed', incident => take(incident, 'plan', command => reply.notPlanned(command))],
      [
        'declined',
        incident => {
          toTheGate(incident)
          take(incident, 'gate', command => reply.decided(command, 'declined'))
        },
      ],
      [
        'skipped',
        incident => {
          toTheGate(incident)
          take(incident, 'gate', command => reply.wentElsewhere(command, 'skip', { reason: 'too risky' }))
        },
      ],
    ]
    for (const [outcome, go] of ways) {
      const incident = halfway()
      go(incident)
      expect(outcomeOf(incident)).toEqual({ outcome, output: SO_FAR })
    }
  })

  it('keeps what was done where the apply of the rest fails without an output', () => {
    const incident = halfway()
    until(incident, 'apply')
    take(incident, 'apply', command =>
      reply.drafts({
        type: 'apply.finished',
        frame: command.frame,
        data: { ...reply.visitOf(command), outcome: 'failed', output: null, summary: 'no' },
      }),
    )
    expect(outcomeOf(incident)).toEqual({ outcome: 'failed', output: SO_FAR })
  })

  it('is undone as a whole, and the plan that waits is not made after that', () => {
    const incident = halfway()
    toTheGate(incident)
    take(incident, 'gate', command => reply.wentElsewhere(command, 'undo'))
    until(incident, 'begin-undo')
    take(incident, 'begin-undo', command => undo.undoBegun(incident, command.of))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(outcomeOf(incident)).toEqual({ outcome: 'undone', output: undefined })
  })

  it('leaves nothing of it to the next visit', () => {
    const incident = halfway()
    take(incident, 'plan', command => reply.notPlanned(command))
    take(incident, 'finish', reply.finished)
    take(incident, 'ask', command => reply.answered(command, 'retry'))
    until(incident, 'apply')
    expect(frameOf(incident).soFar).toBeUndefined()
    take(incident, 'apply', command => came(command, { done: ['c'], left: 0 }))
    expect(outcomeOf(incident)).toEqual({ outcome: 'applied', output: { done: ['c'], left: 0 } })
  })
})
