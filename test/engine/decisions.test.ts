import { describe, expect, it } from 'vitest'
import type { OnFailure } from '../../src/domain/runbook.js'
import { expecting, take, until } from './drive.js'
import {
  action,
  branch,
  check,
  DRY_RUN,
  end,
  frameOf,
  type Incident,
  manual,
  open,
  phaseOf,
  runbook,
} from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

/** Where an incident stands: the step that it is about to enter, a question, or its end. */
const whereNow = (incident: Incident): string => {
  const command = incident.next()
  if (command.do === 'enter') return `at ${command.step.id}`
  if (command.do === 'end') return `over, ${command.outcome}`
  return command.do === 'ask' ? `asked ${command.question.options.map(({ key }) => key).join(' ')}` : command.do
}

const WAYS: readonly [OnFailure, string][] = [
  [{ do: 'ask' }, 'asked retry continue abort'],
  [{ do: 'undo' }, 'asked retry continue abort'],
  [{ do: 'continue' }, 'at after'],
  [{ do: 'abort' }, 'over, aborted'],
  [{ do: 'goto', goto: 'elsewhere' }, 'at elsewhere'],
]

const REST = [end('after'), end('elsewhere')] as const

const closed = (incident: Incident): string => {
  take(incident, 'finish', reply.finished)
  return whereNow(incident)
}

describe('after a failure', () => {
  it.each(WAYS)('of a check, %j leads to: %s', (onFailure, where) => {
    const incident = open(runbook(check('a', { onFailure }), ...REST))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'fail'))
    expect(closed(incident)).toBe(where)
  })

  it.each(WAYS)('of something done by hand, %j leads to: %s', (onFailure, where) => {
    const incident = open(runbook(manual('a', { onFailure }), ...REST))
    until(incident, 'ask')
    take(incident, 'ask', command => reply.answered(command, 'cannot'))
    expect(closed(incident)).toBe(where)
  })

  it.each(WAYS)('to make a plan, %j leads to: %s', (onFailure, where) => {
    const incident = open(runbook(action('a', { onFailure }), ...REST))
    until(incident, 'plan')
    take(incident, 'plan', command => reply.notPlanned(command))
    expect(closed(incident)).toBe(where)
  })

  it.each(WAYS)('of an apply, %j leads to: %s', (onFailure, where) => {
    const incident = open(runbook(action('a', { onFailure }), ...REST))
    until(incident, 'apply')
    take(incident, 'apply', command => reply.applied(command, 'failed'))
    expect(closed(incident)).toBe(where)
  })

  it.each(WAYS)('for want of consent, %j leads to: %s', (onFailure, where) => {
    const incident = open(runbook(action('a', { onFailure }), ...REST))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.decided(command, 'declined'))
    expect(closed(incident)).toBe(where)
  })

  it.each(WAYS)('by a guardrail, %j is not asked: the operator is', onFailure => {
    const incident = open(runbook(action('a', { onFailure }), ...REST))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.decided(command, 'refused'))
    expect(closed(incident)).toBe('asked retry continue abort')
  })

  it('with `undo`, what was done is taken back under its own gate; declined, it is asked how to go on', () => {
    const incident = open(runbook(action('a', { onFailure: { do: 'undo' } }), ...REST))
    until(incident, 'apply')
    take(incident, 'apply', command => [
      ...reply.opFinished(command, 'one'),
      ...reply.applied(command, 'failed'),
    ])
    expect(closed(incident)).toBe('begin-undo')
    expect(expecting(incident, 'begin-undo')).toMatchObject({ of: [{ step: 'a', visit: 1 }], by: 'engine' })
    take(incident, 'begin-undo', command => undo.undoBegun(incident, command.of))
    take(incident, 'plan-undo', command => undo.undoPlanned(incident, command))
    take(incident, 'gate', command => reply.decided(command, 'declined'))
    take(incident, 'leave-undo', undo.undoLeft)
    expect(whereNow(incident)).toBe('asked undo retry continue abort')
  })

  it.each([
    ['retry', 'at a'],
    ['continue', 'at after'],
    ['abort', 'over, aborted'],
  ])('the answer %s leads to: %s', (option, where) => {
    const incident = open(runbook(check('a'), ...REST))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'fail'))
    take(incident, 'finish', reply.finished)
    take(incident, 'ask', command => reply.answered(command, option))
    expect(whereNow(incident)).toBe(where)
  })
})

describe('a check that cannot tell', () => {
  const unclear = (more: Parameters<typeof check>[1] = {}): Incident => {
    const incident = open(runbook(check('a', { expect: 'calm', ...more }), ...REST))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'inconclusive'))
    take(incident, 'finish', reply.finished)
    return incident
  }

  it.each([
    [{ do: 'ask' }, 'asked retry pass fail abort'],
    [{ do: 'continue' }, 'at after'],
    [{ do: 'goto', goto: 'elsewhere' }, 'at elsewhere'],
  ] as const)('goes by `on_inconclusive`, not by `on_failure`: %j leads to: %s', (onInconclusive, where) => {
    expect(whereNow(unclear({ onInconclusive, onFailure: { do: 'abort' } }))).toBe(where)
  })

  it('takes the operator’s word that it passes, and says whose word it is', () => {
    const incident = unclear()
    take(incident, 'ask', command => reply.answered(command, 'pass'))
    expect(expecting(incident, 'finish').finished).toMatchObject({
      outcome: 'passed',
      summary: 'inconclusive (judged by operator)',
    })
    expect(closed(incident)).toBe('at after')
  })

  it('takes the operator’s word that it fails, and goes by `on_failure`', () => {
    const incident = unclear({ onFailure: { do: 'goto', goto: 'elsewhere' } })
    take(incident, 'ask', command => reply.answered(command, 'fail'))
    expect(closed(incident)).toBe('at elsewhere')
    expect(frameOf(incident).results.a).toMatchObject({ outcome: 'failed' })
  })

  it('is what an `expect` over something absent makes of it', () => {
    const incident = open(runbook(check('a', { expect: 'steps.gone' }), ...REST))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'pass'))
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.gone'))
    expect(closed(incident)).toBe('asked retry pass fail abort')
  })
})

describe('a step that needs no change', () => {
  it('is unchanged when the plan finds nothing to do, and when nothing is left at the last look', () => {
    for (const late of [false, true]) {
      const incident = open(runbook(action('a', { onFailure: { do: 'abort' } }), ...REST))
      until(incident, late ? 'confirm' : 'plan')
      if (late) take(incident, 'confirm', reply.planGone)
      else take(incident, 'plan', command => reply.notPlanned(command, 'plan.nothing-to-do'))
      expect(expecting(incident, 'finish').finished.outcome).toBe('unchanged')
      expect(closed(incident)).toBe('at after')
    }
  })
})

describe('what a step found out', () => {
  it('stays known when a later visit is skipped', () => {
    const incident = open(
      runbook(check('a', { when: 'sometimes', onFailure: { do: 'goto', goto: 'a' } }), end('after')),
    )
    take(incident, 'evaluate', command => reply.evaluated(command, true))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'fail', { hot: 2 }))
    take(incident, 'finish', reply.finished)
    take(incident, 'evaluate', command => reply.evaluated(command, false))
    take(incident, 'skip', reply.skipped)
    expect(frameOf(incident).results.a).toMatchObject({ outcome: 'skipped', output: { hot: 2 } })
  })

  it('is that of the latest visit that finished', () => {
    const incident = open(runbook(check('a', { onFailure: { do: 'goto', goto: 'a' } }), end('after')))
    for (const hot of [3, 1]) {
      until(incident, 'check')
      take(incident, 'check', command => reply.observed(command, 'fail', { hot }))
      take(incident, 'finish', reply.finished)
    }
    until(incident, 'check')
    expect(frameOf(incident).results.a).toMatchObject({ output: { hot: 1 }, visit: 2 })
  })
})

describe('an input that is not known', () => {
  it('stops a real run, which asks', () => {
    const incident = open(
      runbook(branch('a', { if: 'steps.gone', goto: 'after' }, { goto: 'elsewhere' }), ...REST),
    )
    until(incident, 'evaluate')
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.gone'))
    expect(expecting(incident, 'finish').finished).toMatchObject({
      outcome: 'failed',
      failure: { code: 'expression.failed' },
    })
    expect(closed(incident)).toBe('asked retry continue abort')
  })

  it('is planned as true in a `when` of a rehearsal, where the runtime says so', () => {
    const incident = open(runbook(check('a', { when: 'steps.gone' }), ...REST), { mode: DRY_RUN })
    take(incident, 'evaluate', command => reply.evaluated(command, true, 'steps.gone'))
    expect(phaseOf(incident)).toBe('admitted')
  })
})

describe('the end of the runbook', () => {
  it('is an honest `unresolved` where control falls off it', () => {
    const incident = open(runbook(check('a')))
    until(incident, 'end')
    expect(expecting(incident, 'end')).toMatchObject({
      outcome: 'unresolved',
      because: 'the runbook ran out of steps',
    })
  })
})
