import { describe, expect, it } from 'vitest'
import { pending } from '../../src/engine/pending.js'
import { action, ask, check, choice, end, type Incident, open, runbook } from './histories.js'
import * as reply from './replies.js'
import { both, forward, inFrame, LEFT, pendingIn, RIGHT, take } from './several-frames.js'
import * as undo from './undo-replies.js'

const verify = { again: 'look', hold: 0, within: 300_000, every: 15_000 }
const verified = [check('look'), action('mend', { verify })]

/** Applied, with one op done. */
const applyIn = (incident: Incident, frame: string, outcome: 'applied' | 'failed' = 'applied'): void => {
  const applying = forward(incident, frame, 'apply')
  incident.add(...reply.opFinished(applying, 'one'), ...reply.applied(applying, outcome))
}

/** The undo that is due, from its begin to its end; it takes that long. */
const takeBack = (incident: Incident, frame: string, ms = 0): void => {
  take(incident, frame, 'begin-undo', ({ of }) => undo.undoBegun(incident, of))
  const [path = ''] = pendingIn(incident)
  take(incident, path, 'plan-undo', command => undo.undoPlanned(incident, command))
  take(incident, path, 'gate', command => reply.decided(command))
  take(incident, path, 'confirm-undo', reply.applyStarted)
  incident.pass(ms)
  take(incident, path, 'undo', command => undo.undone(incident, command))
}

describe('an undo', () => {
  it('ends the verification of what it took back, as undone', () => {
    const incident = both(verified, [ask('which', choice('on'))])
    applyIn(incident, LEFT)
    forward(incident, LEFT, 'check')
    take(incident, RIGHT, 'ask', command => reply.answered(command, 'undo'))
    takeBack(incident, RIGHT)
    expect(inFrame(incident, LEFT)).toMatchObject({
      do: 'finish',
      finished: { step: 'mend', outcome: 'undone' },
    })
  })

  it('ends it as well where it was made after a pause, by itself', () => {
    const incident = open(runbook(...verified, end('over')))
    applyIn(incident, 'main')
    forward(incident, 'main', 'check')
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, ...reply.resumed())
    incident.add(...undo.undoBegun(incident, [{ step: 'mend', visit: 1 }]))
    take(incident, 'undo#1', 'plan-undo', command => undo.undoPlanned(incident, command))
    take(incident, 'undo#1', 'gate', command => reply.decided(command))
    take(incident, 'undo#1', 'confirm-undo', reply.applyStarted)
    take(incident, 'undo#1', 'undo', command => undo.undone(incident, command))
    expect(inFrame(incident, 'main')).toMatchObject({ do: 'finish', finished: { outcome: 'undone' } })
  })

  it('marks what had just been applied and was not yet on record', () => {
    const incident = both([action('mend')], [ask('which', choice('on'))])
    applyIn(incident, LEFT)
    expect(inFrame(incident, LEFT)).toMatchObject({ do: 'finish', finished: { outcome: 'applied' } })
    take(incident, RIGHT, 'ask', command => reply.answered(command, 'undo'))
    takeBack(incident, RIGHT)
    expect(inFrame(incident, LEFT)).toMatchObject({ do: 'finish', finished: { outcome: 'undone' } })
  })

  it('gives a verification beside it the time back that it took', () => {
    const incident = both(verified, [action('move'), ask('which', choice('on'))])
    applyIn(incident, LEFT)
    forward(incident, LEFT, 'check')
    applyIn(incident, RIGHT)
    take(incident, RIGHT, 'ask', command => reply.answered(command, 'undo'))
    takeBack(incident, RIGHT, 400_000)
    take(incident, LEFT, 'check', command => reply.observed(command, 'fail'))
    expect(inFrame(incident, LEFT).do).toBe('timer')
  })

  it('of one step is followed by that of another which is due as well', () => {
    const back = { onFailure: { do: 'undo' } } as const
    const incident = both([action('mend', back)], [action('move', back)])
    applyIn(incident, LEFT, 'failed')
    applyIn(incident, RIGHT, 'failed')
    const finishes = [LEFT, RIGHT].map(frame => forward(incident, frame, 'finish'))
    for (const command of finishes) incident.add(...reply.finished(command))
    takeBack(incident, LEFT)
    expect(pending(incident.state()).map(({ frame, do: what }) => [frame, what])).toEqual([
      [RIGHT, 'begin-undo'],
    ])
  })
})
