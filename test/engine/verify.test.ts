import { describe, expect, it } from 'vitest'
import type { EventData } from '../../src/domain/event.js'
import { toInstant } from '../../src/domain/instant.js'
import type { Verify } from '../../src/domain/runbook.js'
import { expecting, take, until } from './drive.js'
import { action, check, end, type Incident, open, runbook, START } from './histories.js'
import * as reply from './replies.js'

const SECOND = 1_000
const HELD: Verify = { again: 'look', hold: 60 * SECOND, within: 300 * SECOND, every: 15 * SECOND }

/** An incident whose action was applied at START, and whose check is about to look. */
const verifying = (verify: Partial<Verify> = {}): Incident => {
  const incident = open(
    runbook(
      check('look', { check: 'a.check' }),
      action('mend', { verify: { ...HELD, ...verify } }),
      end('over'),
    ),
  )
  until(incident, 'apply')
  take(incident, 'apply', command => reply.applied(command))
  take(incident, 'evaluate', command => reply.evaluated(command, { cluster: 'c1' }))
  return incident
}

/** What the check sees at that many milliseconds after the apply; the timer before it fires then too. */
const look = (
  incident: Incident,
  ms: number,
  verdict: EventData['check.observed']['verdict'] = 'pass',
): void => {
  incident.pass(START + ms - incident.now())
  if (incident.next().do === 'timer') incident.add(...reply.fired(expecting(incident, 'timer')))
  incident.add(...reply.observed(expecting(incident, 'check'), verdict))
}

const dueAfter = (incident: Incident, ms: number): void => {
  expect(expecting(incident, 'timer').due).toBe(toInstant(START + ms))
}

const outcomeOf = (incident: Incident): string | undefined => {
  const command = incident.next()
  return command.do === 'finish' ? command.finished.outcome : undefined
}

describe('a verification', () => {
  it('looks with the input that was evaluated for it, at the check that it names', () => {
    expect(expecting(verifying(), 'check')).toMatchObject({
      check: 'a.check',
      input: { cluster: 'c1' },
      purpose: 'verify',
    })
  })

  it('passes when it has held for exactly `hold`', () => {
    const incident = verifying()
    look(incident, 0)
    look(incident, 60 * SECOND)
    expect(outcomeOf(incident)).toBe('applied')
  })

  it('does not pass one millisecond before', () => {
    const incident = verifying()
    look(incident, 0)
    look(incident, 60 * SECOND - 1)
    expect(outcomeOf(incident)).toBeUndefined()
    dueAfter(incident, 60 * SECOND)
  })

  it('passes at the first look where nothing has to hold', () => {
    const incident = verifying({ hold: 0 })
    look(incident, 0)
    expect(outcomeOf(incident)).toBe('applied')
  })

  it('looks again after `every`', () => {
    const incident = verifying()
    look(incident, 1 * SECOND, 'fail')
    dueAfter(incident, 16 * SECOND)
    look(incident, 16 * SECOND)
    dueAfter(incident, 31 * SECOND)
  })

  it('looks as soon as it may have held long enough, where that comes before `every`', () => {
    const incident = verifying({ every: 50 * SECOND })
    look(incident, 0)
    dueAfter(incident, 50 * SECOND)
    look(incident, 50 * SECOND)
    dueAfter(incident, 60 * SECOND)
  })

  it.each(['fail', 'inconclusive'] as const)('counts from anew after one look that is %s', verdict => {
    const incident = verifying()
    look(incident, 0)
    look(incident, 30 * SECOND, verdict)
    look(incident, 45 * SECOND)
    look(incident, 60 * SECOND)
    expect(outcomeOf(incident)).toBeUndefined()
    look(incident, 104 * SECOND)
    expect(outcomeOf(incident)).toBeUndefined()
    look(incident, 105 * SECOND)
    expect(outcomeOf(incident)).toBe('applied')
  })

  it('fails at the deadline, and not one millisecond before', () => {
    const incident = verifying()
    look(incident, 300 * SECOND - 1, 'fail')
    expect(outcomeOf(incident)).toBeUndefined()
    dueAfter(incident, 300 * SECOND)
    look(incident, 300 * SECOND, 'fail')
    expect(outcomeOf(incident)).toBe('failed')
  })

  it('fails at the deadline though it holds, where it has not held long enough', () => {
    const incident = verifying()
    look(incident, 250 * SECOND)
    look(incident, 300 * SECOND)
    expect(outcomeOf(incident)).toBe('failed')
  })

  it('passes at the deadline where it has held just long enough', () => {
    const incident = verifying()
    look(incident, 240 * SECOND)
    look(incident, 300 * SECOND)
    expect(outcomeOf(incident)).toBe('applied')
  })

  it('fails when nothing but inconclusive looks were had', () => {
    const incident = verifying({ within: 20 * SECOND, hold: 0 })
    look(incident, 0, 'inconclusive')
    look(incident, 15 * SECOND, 'inconclusive')
    dueAfter(incident, 20 * SECOND)
    look(incident, 20 * SECOND, 'inconclusive')
    expect(outcomeOf(incident)).toBe('failed')
  })

  it('keeps what was applied as the output of the step, whether it holds or not', () => {
    for (const verdict of ['pass', 'fail'] as const) {
      const incident = verifying({ hold: 0, within: 0 })
      look(incident, 0, verdict)
      expect(expecting(incident, 'finish').finished.output).toEqual({ outcome: 'applied' })
    }
  })

  it('goes where `on_failure` says when it does not hold', () => {
    const verify = { ...HELD, within: 0 }
    const incident = open(
      runbook(check('look'), action('mend', { verify, onFailure: { do: 'goto', goto: 'look' } })),
    )
    until(incident, 'apply')
    take(incident, 'apply', command => reply.applied(command))
    take(incident, 'evaluate', command => reply.evaluated(command, {}))
    look(incident, 0, 'fail')
    take(incident, 'finish', reply.finished)
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'look' }, visit: 2 })
  })
})

describe('a verification by `expect`', () => {
  const judging = (): Incident => {
    const incident = open(
      runbook(check('look', { expect: 'calm' }), action('mend', { verify: { ...HELD, hold: 0 } }), end('over')),
    )
    until(incident, 'apply')
    take(incident, 'apply', command => reply.applied(command))
    take(incident, 'evaluate', command => reply.evaluated(command, {}))
    return incident
  }

  it('asks the expression and not the verdict', () => {
    const incident = judging()
    take(incident, 'check', command => reply.observed(command, 'fail', { calm: true }))
    expect(expecting(incident, 'evaluate')).toMatchObject({ purpose: 'expect', result: { calm: true } })
    take(incident, 'evaluate', command => reply.evaluated(command, true))
    expect(outcomeOf(incident)).toBe('applied')
  })

  it('does not hold where the expression is false, or not known', () => {
    for (const missing of [undefined, 'steps.gone']) {
      const incident = judging()
      take(incident, 'check', command => reply.observed(command, 'pass'))
      take(incident, 'evaluate', command =>
        reply.evaluated(command, missing === undefined ? false : null, missing),
      )
      expect(expecting(incident, 'timer').due).toBe(toInstant(START + HELD.every))
    }
  })

  it('is not asked about what was not seen', () => {
    const incident = judging()
    take(incident, 'check', command => reply.observed(command, 'inconclusive'))
    expect(incident.next().do).toBe('timer')
  })
})

describe('a verification that nobody watched for a while', () => {
  const GAP = 600 * SECOND
  const resume = (incident: Incident): void => {
    incident.pass(GAP)
    incident.add({ type: 'incident.resumed', data: { tool: '1' } })
  }

  it('gets the time back in which nobody looked', () => {
    const incident = verifying({ hold: 0 })
    resume(incident)
    look(incident, GAP)
    expect(outcomeOf(incident)).toBe('applied')
    const late = verifying()
    resume(late)
    look(late, GAP + HELD.within, 'fail')
    expect(outcomeOf(late)).toBe('failed')
  })

  it('does not count what held before as held since', () => {
    const incident = verifying()
    look(incident, 0)
    resume(incident)
    look(incident, GAP + 30 * SECOND)
    expect(outcomeOf(incident)).toBeUndefined()
    look(incident, GAP + 90 * SECOND)
    expect(outcomeOf(incident)).toBe('applied')
  })
})
