import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { failure } from '../../src/domain/result.js'
import { pending } from '../../src/engine/pending.js'
import { budgetQuestion } from '../../src/engine/questions.js'
import { expecting, take, until } from './drive.js'
import { accepted, action, end, frameOf, type Incident, open, runbook, wait } from './histories.js'
import * as reply from './replies.js'

const applying = (): Incident => {
  const incident = open(runbook(action('mend'), end('over')))
  until(incident, 'apply')
  return incident
}

const question = (incident: Incident) => {
  const { step } = expecting(incident, 'apply')
  return budgetQuestion(incident.state(), frameOf(incident), step)
}

/** An op that failed with something else than a lack of capacity. */
const failed = (incident: Incident, key: string): Draft[] =>
  reply
    .opFailed(expecting(incident, 'apply'), key)
    .map(draft =>
      draft.type === 'op.failed'
        ? { ...draft, data: { ...draft.data, failure: failure('plan.stale', 'somebody moved it', 'look') } }
        : draft,
    )

describe('the budget for failures', () => {
  it('counts each of our own ops that failed', () => {
    const incident = applying()
    incident.add(...failed(incident, 'one'), ...failed(incident, 'two'))
    expect(incident.state().failures).toBe(2)
  })

  it('does not count a place without capacity, or a refusal', () => {
    const incident = applying()
    const command = expecting(incident, 'apply')
    incident.add(...reply.opFailed(command, 'one'), ...reply.opRefused(command, 'two'))
    expect(incident.state().failures).toBe(0)
  })

  it('asks nothing while there is some left', () => {
    const incident = applying()
    expect(question(incident)).toBeUndefined()
    expect(accepted(incident, reply.granted(expecting(incident, 'apply'), 'continue'))).toBe(false)
  })

  it('asks whether to go on where it is used up, in the midst of the apply, and recommends to stop', () => {
    const incident = applying()
    incident.add(...failed(incident, 'one'), ...failed(incident, 'two'))
    incident.add(...reply.exhausted(expecting(incident, 'apply'), 'stop').slice(0, 1))
    expect(question(incident)).toMatchObject({
      kind: 'budget',
      options: [
        { key: 'stop', recommended: true },
        { key: 'continue', recommended: false },
      ],
    })
  })

  it('is a new one where the operator goes on', () => {
    const incident = applying()
    incident.add(...failed(incident, 'one'), ...failed(incident, 'two'))
    incident.add(...reply.exhausted(expecting(incident, 'apply'), 'continue'))
    expect(incident.state().failures).toBe(0)
    expect(question(incident)).toBeUndefined()
    expect(incident.next().do).toBe('apply')
  })

  it('stays used up where the operator stops', () => {
    const incident = applying()
    incident.add(...failed(incident, 'one'), ...failed(incident, 'two'))
    incident.add(...reply.exhausted(expecting(incident, 'apply'), 'stop'))
    expect(incident.state().failures).toBe(2)
    expect(question(incident)).toBeDefined()
  })

  it('has no other answers than its own two', () => {
    const incident = applying()
    const command = expecting(incident, 'apply')
    incident.add(...reply.exhausted(command, 'stop').slice(0, 1))
    for (const option of ['skip', 'jump', 'abort', 'retry', 'undo', 'pause'])
      expect(accepted(incident, reply.granted(command, option)), option).toBe(false)
    expect(accepted(incident, reply.granted(command, 'stop'))).toBe(true)
  })
})

describe('a raised posture', () => {
  const raised = (): Incident => {
    const incident = open(runbook(wait('pause', 1_000), action('mend'), end('over')))
    incident.add(...reply.raised(incident))
    return incident
  }

  const asks = (incident: Incident): number =>
    pending(incident.state()).filter(command => command.do === 'posture').length

  it('is asked about beside whatever else goes on, until it is over', () => {
    const incident = raised()
    expect(pending(incident.state()).map(command => command.do)).toEqual(['enter', 'posture'])
    take(incident, 'enter', reply.entered)
    expect(pending(incident.state()).map(command => command.do)).toEqual(['timer', 'posture'])
    incident.add(...reply.expired())
    expect(asks(incident)).toBe(0)
  })

  it('is another question once it is raised again: the old one is withdrawn', () => {
    const incident = raised()
    const [before] = pending(incident.state()).filter(command => command.do === 'posture')
    incident.pass(60_000)
    incident.add(...reply.raised(incident))
    const [after] = pending(incident.state()).filter(command => command.do === 'posture')
    expect(asks(incident)).toBe(1)
    expect(after?.id).not.toBe(before?.id)
  })

  it('is not asked about while the incident is paused, or over', () => {
    const incident = raised()
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } })
    expect(asks(incident)).toBe(0)
    incident.add(...reply.resumed())
    expect(asks(incident)).toBe(1)
    until(incident, 'end')
    take(incident, 'end', command => reply.ended(command, false))
    expect(pending(incident.state())).toEqual([])
  })

  it('cannot expire where none is raised', () => {
    const incident = open(runbook(end('over')))
    const [expired] = reply.expired()
    expect(accepted(incident, expired!)).toBe(false)
  })

  it('that expires in mid-apply leaves the apply the terms that were agreed to', () => {
    const incident = raised()
    until(incident, 'gate')
    take(incident, 'gate', command => reply.decided(command, 'approved', 'aggressive'))
    until(incident, 'apply')
    incident.add(...reply.expired())
    expect(expecting(incident, 'apply').terms.posture).toBe('aggressive')
  })

  it('that is raised in mid-apply leaves the apply the terms that were agreed to', () => {
    const incident = applying()
    incident.add(...reply.raised(incident))
    expect(expecting(incident, 'apply').terms.posture).toBe('conservative')
  })
})

describe('an overridden guardrail', () => {
  it('holds for the plan that it was overridden for, and for no other', () => {
    const incident = open(runbook(action('mend')))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.overridden(command))
    expect(expecting(incident, 'gate').overridden).toEqual(['min_healthy'])
    take(incident, 'gate', command => reply.decided(command))
    expect(expecting(incident, 'confirm').terms.overridden).toEqual(['min_healthy'])
    take(incident, 'confirm', command => reply.planChanged(command, 'e'.repeat(64)))
    expect(expecting(incident, 'gate').overridden).toEqual([])
  })

  it('is refused for another plan than the one at the gate', () => {
    const incident = open(runbook(action('mend')))
    const command = until(incident, 'gate')
    const other = { ...command, plan: { ...command.plan, digest: '0'.repeat(64) } }
    expect(reply.overridden(other).every(draft => accepted(incident, draft))).toBe(false)
    expect(reply.overridden(command).every(draft => accepted(incident, draft))).toBe(true)
  })
})
