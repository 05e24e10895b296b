import { describe, expect, it } from 'vitest'
import { action, ask, check, choice, type Incident, parallel } from './histories.js'
import { legalReplies } from './legal.js'
import * as reply from './replies.js'
import { both, forward, inFrame, LEFT, pendingIn, RIGHT, take } from './several-frames.js'

const failing = check('never', { onFailure: { do: 'abort' } })
const ABORT = { reason: 'enough' }
const GO_ON = { onFailure: { do: 'continue' } } as const

const failRight = (incident: Incident): void => {
  take(incident, RIGHT, 'check', command => reply.observed(command, 'fail'))
  take(incident, RIGHT, 'finish', reply.finished)
}

/** What is due of itself, until the main frame ends. */
const outcomeOf = (incident: Incident): string => {
  for (let taken = 0; taken < 100; taken += 1) {
    const [frame = ''] = pendingIn(incident)
    const command = inFrame(incident, frame)
    if (command.do === 'end') return command.outcome
    if (command.do === 'ask') return `asked: ${command.question.id}`
    incident.add(...(legalReplies(incident, command)[0] ?? []))
  }
  throw new Error('it never ends')
}

describe('the operator’s abort', () => {
  it('holds where a step beside it failed before it was on record as finished', () => {
    const incident = both([ask('which', choice('on'))], [failing], GO_ON)
    const question = forward(incident, LEFT, 'ask')
    take(incident, RIGHT, 'check', command => reply.observed(command, 'fail'))
    incident.add(...reply.answered(question, 'abort', ABORT))
    take(incident, RIGHT, 'finish', reply.finished)
    expect(outcomeOf(incident)).toBe('aborted')
  })

  it('holds from when it is given: nothing is agreed to beside it before it is on record', () => {
    const incident = both([ask('which', choice('on'))], [action('mend')])
    const question = forward(incident, LEFT, 'ask')
    forward(incident, RIGHT, 'gate')
    incident.add(...reply.answered(question, 'abort', ABORT))
    expect(inFrame(incident, RIGHT)).toMatchObject({ do: 'finish', finished: { outcome: 'skipped' } })
    expect(outcomeOf(incident)).toBe('aborted')
  })

  it('holds at an interrupted action beside which something has failed', () => {
    const incident = both([action('mend')], [failing], GO_ON)
    forward(incident, LEFT, 'apply')
    forward(incident, RIGHT, 'check')
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, ...reply.resumed())
    failRight(incident)
    const question = forward(incident, LEFT, 'ask')
    expect(question.question.text).toContain('Beside it, never failed. Nothing new is begun in it')
    incident.add(...reply.answered(question, 'abort'))
    expect(outcomeOf(incident)).toBe('aborted')
  })

  it('stops every frame at once, from the outermost on, and is not lost when one of those fails', () => {
    const inner = parallel('inner', { x: [action('mend')], y: [ask('which', choice('on'))] })
    const incident = both([inner], [check('never'), action('later')], GO_ON)
    const [x, y] = [`${LEFT}/inner#1/x`, `${LEFT}/inner#1/y`]
    take(incident, LEFT, 'enter', reply.entered)
    const applying = forward(incident, x, 'apply')
    forward(incident, RIGHT, 'check')
    take(incident, y, 'ask', command => reply.answered(command, 'abort', ABORT))
    take(incident, y, 'finish', reply.finished)
    expect(inFrame(incident, RIGHT)).toMatchObject({ do: 'finish', finished: { outcome: 'skipped' } })
    expect(pendingIn(incident).sort()).toEqual([x, RIGHT].sort())
    incident.add(...reply.applied(applying))
    expect(outcomeOf(incident)).toBe('aborted')
  })
})
