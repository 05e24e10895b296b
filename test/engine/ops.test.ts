import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/domain/event.js'
import { valuesOf } from '../../src/domain/table.js'
import { expecting, take, until } from './drive.js'
import { accepted, action, type Incident, open, runbook } from './histories.js'
import * as reply from './replies.js'

const applying = (): Incident => {
  const incident = open(runbook(action('mend')))
  until(incident, 'apply')
  return incident
}

const first = (reply: readonly Draft[]): Draft => {
  const [draft] = reply
  if (!draft) throw new Error('an empty reply')
  return draft
}

const last = (reply: readonly Draft[]): Draft => {
  const draft = reply.at(-1)
  if (!draft) throw new Error('an empty reply')
  return draft
}

describe('an op', () => {
  it('starts once', () => {
    const incident = applying()
    const started = first(reply.started(expecting(incident, 'apply'), 'one'))
    expect(accepted(incident, started)).toBe(true)
    incident.add(started)
    expect(accepted(incident, started)).toBe(false)
  })

  it('does not end before it started, and ends once', () => {
    const incident = applying()
    const finished = last(reply.opFinished(expecting(incident, 'apply'), 'one'))
    expect(accepted(incident, finished)).toBe(false)
    incident.add(...reply.opFinished(expecting(incident, 'apply'), 'one'))
    expect(accepted(incident, finished)).toBe(false)
  })

  it('that failed is a fact, and does not start again', () => {
    const incident = applying()
    const command = expecting(incident, 'apply')
    incident.add(...reply.opFailed(command, 'one'))
    expect(accepted(incident, first(reply.started(command, 'one')))).toBe(false)
  })

  it('that was refused never started, and does not start', () => {
    const incident = applying()
    const command = expecting(incident, 'apply')
    incident.add(...reply.opRefused(command, 'one'))
    expect(accepted(incident, first(reply.started(command, 'one')))).toBe(false)
    expect(accepted(incident, first(reply.opRefused(command, 'one')))).toBe(false)
  })

  it('found not to have happened may be sent again; found done, it may not', () => {
    for (const [verdict, again] of [
      ['not-done', true],
      ['done', false],
    ] as const) {
      const incident = applying()
      const command = expecting(incident, 'apply')
      incident.add(...reply.started(command, 'one'))
      const [op] = valuesOf(incident.state().ops)
      incident.add(...reply.resolved(command, op!, verdict))
      expect(accepted(incident, first(reply.started(command, 'one')))).toBe(again)
    }
  })

  it('found not to have happened may be refused when it is tried anew', () => {
    const incident = applying()
    const command = expecting(incident, 'apply')
    const refused = first(reply.opRefused(command, 'one'))
    incident.add(...reply.started(command, 'one'))
    expect(accepted(incident, refused)).toBe(false)
    const [op] = valuesOf(incident.state().ops)
    incident.add(...reply.resolved(command, op!, 'not-done'))
    expect(accepted(incident, refused)).toBe(true)
  })

  it('belongs to an apply that was agreed to: none starts while it is asked about', () => {
    const incident = open(runbook(action('mend')))
    const command = until(incident, 'gate')
    expect(accepted(incident, first(reply.started(command, 'one')))).toBe(false)
    take(incident, 'gate', one => reply.decided(one))
    expect(accepted(incident, first(reply.started(command, 'one')))).toBe(false)
    take(incident, 'confirm', reply.applyStarted)
    expect(accepted(incident, first(reply.started(command, 'one')))).toBe(true)
  })
})
