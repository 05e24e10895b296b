import { describe, expect, it } from 'vitest'
import { undoList } from '../../src/engine/undo.js'
import { agreeToUndo, expecting, take, until } from './drive.js'
import {
  accepted,
  action,
  ask,
  check,
  choice,
  DRY_RUN,
  end,
  frameOf,
  type Incident,
  open,
  phaseOf,
  runbook,
} from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

const REST = [end('after'), end('elsewhere', 'mitigated')] as const

/** What was changed earlier in the incident, so that there is something to take back. */
const mended = (incident: Incident): Incident => {
  until(incident, 'apply')
  take(incident, 'apply', command => [...reply.opFinished(command, 'one'), ...reply.applied(command)])
  take(incident, 'finish', reply.finished)
  return incident
}

const atAsk = (): Incident => {
  const incident = mended(open(runbook(action('mend'), ask('here', choice('on')), ...REST)))
  until(incident, 'ask')
  return incident
}

const atGate = (): Incident => {
  const incident = mended(open(runbook(action('mend'), action('here'), ...REST)))
  until(incident, 'gate')
  return incident
}

const atFailed = (): Incident => {
  const incident = mended(open(runbook(action('mend'), check('here'), ...REST)))
  until(incident, 'check')
  take(incident, 'check', command => reply.observed(command, 'fail'))
  take(incident, 'finish', reply.finished)
  return incident
}

const PLACES = [
  ['a question of the runbook', atAsk],
  ['a gate', atGate],
  ['a step that failed', atFailed],
] as const

/** The verb's answer, as it would be on record. */
const verb = (incident: Incident, option: string, more: reply.Details = {}): reply.Reply => {
  const command = incident.next()
  if (command.do === 'gate') return reply.wentElsewhere(command, option, more)
  return reply.answered(expecting(incident, 'ask'), option, more)
}

const isTaken = (incident: Incident, option: string, more: reply.Details = {}): boolean =>
  verb(incident, option, more).every(draft => accepted(incident, draft))

/** Finishes what is left of the step, if anything is, up to what comes next. */
const goOn = (incident: Incident) => {
  if (incident.next().do === 'finish') take(incident, 'finish', reply.finished)
  return incident.next()
}

const REASON = { reason: 'done by hand' }

describe.each(PLACES)('at %s', (_where, arrive) => {
  it('skipping goes on to the next step', () => {
    const incident = arrive()
    incident.add(...verb(incident, 'skip', REASON))
    expect(goOn(incident)).toMatchObject({ do: 'enter', step: { id: 'after' } })
  })

  it('jumping goes on at the step that is named', () => {
    const incident = arrive()
    incident.add(...verb(incident, 'jump', { ...REASON, to: 'elsewhere' }))
    expect(goOn(incident)).toMatchObject({ do: 'enter', step: { id: 'elsewhere' } })
  })

  it('aborting ends the incident, as aborted', () => {
    const incident = arrive()
    incident.add(...verb(incident, 'abort', REASON))
    expect(goOn(incident)).toMatchObject({ do: 'end', outcome: 'aborted' })
  })

  it.each(['skip', 'jump'])('%s needs a reason, and spaces are none', option => {
    const incident = arrive()
    expect(isTaken(incident, option, { ...REASON, to: 'after' })).toBe(true)
    expect(isTaken(incident, option, { to: 'after' })).toBe(false)
    expect(isTaken(incident, option, { reason: '  ', to: 'after' })).toBe(false)
  })

  it('a jump leads to a step that there is', () => {
    const incident = arrive()
    expect(isTaken(incident, 'jump', { ...REASON, to: 'nowhere' })).toBe(false)
    expect(isTaken(incident, 'jump', REASON)).toBe(false)
  })

  it('undo takes back the newest change that stands, once its plan is agreed to, and comes back here', () => {
    const incident = arrive()
    const before = incident.next()
    incident.add(...verb(incident, 'undo'))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(undoList(incident.state())).toEqual([])
    expect(frameOf(incident).results.mend).toMatchObject({ outcome: 'undone' })
    // A plan that waited was made before the undo: it is made again.
    expect(incident.next().do).toBe(before.do === 'gate' ? 'plan' : 'ask')
    expect(incident.next()).toMatchObject({ step: { id: 'here' } })
  })

  it('is not answered by what is done beside the question: notes, calls, posture, pause', () => {
    const incident = arrive()
    for (const option of ['note', 'escalate', 'posture', 'pause', 'override'])
      expect(isTaken(incident, option, { ...REASON, to: 'after' }), option).toBe(false)
  })
})

describe('a step that is not over', () => {
  it.each([
    ['a question', atAsk],
    ['a gate', atGate],
  ] as const)('is on record as skipped, with the reason, where %s was left', (_where, arrive) => {
    const incident = arrive()
    incident.add(...verb(incident, 'skip', REASON))
    expect(expecting(incident, 'finish').finished).toMatchObject({
      step: 'here',
      outcome: 'skipped',
      summary: 'by operator: done by hand',
    })
  })
})

describe('looking again', () => {
  it('at a gate makes a new plan, in the same visit', () => {
    const incident = atGate()
    incident.add(...verb(incident, 'retry'))
    expect(expecting(incident, 'plan')).toMatchObject({ step: { id: 'here' }, visit: 1 })
  })

  it('of a step that failed is its own answer, and a new visit', () => {
    const incident = atFailed()
    incident.add(...verb(incident, 'retry'))
    expect(expecting(incident, 'enter')).toMatchObject({ step: { id: 'here' }, visit: 2 })
  })

  it('is no verb at a question of the runbook', () => {
    expect(isTaken(atAsk(), 'retry', REASON)).toBe(false)
  })
})

describe('undo', () => {
  it('is no verb where nothing that was changed still stands', () => {
    const incident = open(runbook(ask('here', choice('on')), ...REST))
    until(incident, 'ask')
    expect(isTaken(incident, 'undo')).toBe(false)
  })

  it('is no verb in a rehearsal', () => {
    const incident = open(runbook(ask('here', choice('on')), ...REST), { mode: DRY_RUN })
    const { question } = until(incident, 'ask')
    expect(question.verbs.map(({ key }) => key)).not.toContain('undo')
    expect(question.verbs.map(({ key }) => key)).toContain('skip')
  })
})

describe('a choice of the runbook that has the name of a verb', () => {
  const named = (): Incident => {
    const choices = [choice('skip', { goto: 'elsewhere' }), choice('abort')]
    const incident = open(runbook(ask('here', ...choices), ...REST))
    until(incident, 'ask')
    return incident
  }

  it('stands in its place, without its questions', () => {
    const { question } = expecting(named(), 'ask')
    expect(question.options.map(({ key }) => key)).toEqual(['skip', 'abort'])
    expect(question.verbs.map(({ key }) => key)).not.toContain('skip')
    expect(question.verbs.map(({ key }) => key)).not.toContain('abort')
  })

  it.each([
    ['skip', 'elsewhere'],
    ['abort', 'after'],
  ])('goes where the runbook says: %s to %s', (option, id) => {
    const incident = named()
    take(incident, 'ask', command => reply.answered(command, option))
    expect(expecting(incident, 'finish').finished.outcome).toBe('answered')
    expect(goOn(incident)).toMatchObject({ do: 'enter', step: { id } })
  })
})

describe('an answer at a gate', () => {
  it.each(['approve', 'decline'])('is never %s: that is a decision, on record with its plan', option => {
    expect(isTaken(atGate(), option)).toBe(false)
  })

  it('belongs to the plan that was shown: one to an earlier plan is refused', () => {
    const incident = atGate()
    const shown = verb(incident, 'skip', REASON)
    take(incident, 'gate', command => reply.decided(command))
    take(incident, 'confirm', command => reply.planChanged(command, 'e'.repeat(64)))
    expect(phaseOf(incident)).toBe('gating')
    expect(shown.every(draft => accepted(incident, draft))).toBe(false)
  })
})
