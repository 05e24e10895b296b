import { describe, expect, it } from 'vitest'
import { doStarted } from '../../src/engine/alone.js'
import { handOver } from '../../src/engine/hand-over.js'
import { pending } from '../../src/engine/pending.js'
import { leftByHand, undoableVisits } from '../../src/engine/undo.js'
import { verbsAt } from '../../src/engine/verbs.js'
import { agreeToUndo, expecting, take, until } from './drive.js'
import { accepted, action, ask, check, choice, end, type Incident, open, runbook, START } from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

const alone = (): Incident => open(runbook(action('mend', { alone: true })))

/** A runbook that stands at a question, and an action beside it from there on. */
const beside = (): Incident => {
  const incident = open(runbook(ask('sure', choice('yes', { end: 'resolved' }))))
  until(incident, 'ask')
  incident.add(doStarted(incident.state(), action('mend', { alone: true })))
  return incident
}

const frames = (incident: Incident): string[] => Object.keys(incident.state().frames)

const applied = (incident: Incident): void => {
  until(incident, 'apply')
  take(incident, 'apply', command => [...reply.opFinished(command, 'one'), ...reply.applied(command)])
  take(incident, 'finish', reply.finished)
}

/** How each plan or apply may end, and what it comes to where that is all of the incident. */
const ENDS = {
  applied: ['mitigated', applied],
  unchanged: [
    'mitigated',
    (incident: Incident) => {
      until(incident, 'plan')
      take(incident, 'plan', command => reply.notPlanned(command, 'plan.nothing-to-do'))
      take(incident, 'finish', reply.finished)
    },
  ],
  declined: ['aborted', (incident: Incident) => decide(incident, 'declined')],
  refused: ['aborted', (incident: Incident) => decide(incident, 'refused')],
  failed: [
    'unresolved',
    (incident: Incident) => {
      until(incident, 'apply')
      take(incident, 'apply', command => [
        ...reply.opFinished(command, 'one'),
        ...reply.applied(command, 'failed'),
      ])
      take(incident, 'finish', reply.finished)
    },
  ],
} as const

const decide = (incident: Incident, how: 'declined' | 'refused'): void => {
  until(incident, 'gate')
  take(incident, 'gate', command => reply.decided(command, how))
  take(incident, 'finish', reply.finished)
}

describe.each(Object.entries(ENDS))('an action outside of a runbook that is %s', (outcome, [ends, play]) => {
  it('is the end of an incident of its own, and nothing is asked after it', () => {
    const incident = alone()
    play(incident)
    expect(expecting(incident, 'end').outcome).toBe(ends)
    expect(incident.state().lastDone?.outcome).toBe(outcome)
  })

  it('leaves the runbook beside it where it stood', () => {
    const incident = beside()
    play(incident)
    expect(frames(incident)).toEqual(['main'])
    expect(expecting(incident, 'ask').question.step).toBe('sure')
    expect(incident.state().lastDone?.outcome).toBe(outcome)
  })
})

describe('an action outside of a runbook', () => {
  it('can be declined or planned again, and nothing else is led to from its gate', () => {
    const incident = alone()
    until(incident, 'gate')
    const [frame] = Object.values(incident.state().frames)
    const verbs = verbsAt(incident.state(), frame!, []).map(({ key }) => key)
    expect(verbs).toContain('retry')
    expect(verbs).not.toContain('skip')
    expect(verbs).not.toContain('jump')
    expect(verbs).not.toContain('abort')
    take(incident, 'gate', command => reply.wentElsewhere(command, 'retry'))
    expecting(incident, 'plan')
  })

  it('tells what its earlier plans came to where a later one is declined', () => {
    const incident = alone()
    until(incident, 'apply')
    take(incident, 'apply', command => [
      ...reply.opFinished(command, 'one'),
      ...reply.drafts({
        type: 'apply.finished',
        frame: command.frame,
        data: {
          ...reply.visitOf(command),
          outcome: 'applied',
          output: { done: ['a'] },
          summary: 'a',
          next: {},
        },
      }),
    ])
    decide(incident, 'declined')
    expect(incident.state().lastDone).toMatchObject({ outcome: 'declined', output: { done: ['a'] } })
    expect(expecting(incident, 'end').outcome).toBe('aborted')
    expect(undoableVisits(incident.state())).toHaveLength(1)
  })

  it('is undone after its end like what a step did', () => {
    const incident = alone()
    applied(incident)
    take(incident, 'end', command => reply.ended(command, false))
    const visits = undoableVisits(incident.state())
    expect(visits).toEqual([{ frame: 'main', step: 'mend', visit: 1 }])
    incident.add(...undo.undoBegun(incident, visits))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(undoableVisits(incident.state())).toEqual([])
  })
})

describe('an action beside the runbook', () => {
  it('has a frame of its own, and nothing else goes on until it is over', () => {
    const incident = beside()
    expect(frames(incident)).toEqual(['main', 'do#1'])
    expect(pending(incident.state()).map(({ frame }) => frame)).toEqual(['do#1'])
    const [asked] = incident.events.filter(({ type }) => type === 'question.asked')
    expect(asked).toBeUndefined() // the runbook's question is put when it is its turn again
  })

  it('keeps its ops apart from those of a step of the same name, and of an earlier one', () => {
    const incident = open(runbook(action('mend'), ask('sure', choice('yes'))))
    applied(incident)
    until(incident, 'ask')
    for (const _ of [1, 2]) {
      incident.add(doStarted(incident.state(), action('mend', { alone: true })))
      applied(incident)
    }
    const places = undoableVisits(incident.state()).map(({ frame, step, visit }) => `${frame} ${step}#${visit}`)
    expect(places).toEqual(['do#2 mend#1', 'do#1 mend#1', 'main mend#1'])
  })

  it('has a plan that waited beside it made again', () => {
    const incident = open(runbook(action('own'), end('over')))
    until(incident, 'gate')
    incident.add(doStarted(incident.state(), action('mend', { alone: true })))
    applied(incident)
    expect(expecting(incident, 'plan').step.id).toBe('own')
  })

  it('gives the time that it took back to what is being verified', () => {
    const verify = { again: 'look', hold: 0, within: 60_000, every: 15_000 }
    const incident = open(runbook(check('look'), action('own', { verify }), end('over')))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'pass'))
    take(incident, 'finish', reply.finished)
    until(incident, 'check')
    incident.add(doStarted(incident.state(), action('mend', { alone: true })))
    incident.pass(600_000)
    applied(incident)
    take(incident, 'check', command => reply.observed(command, 'fail'))
    expect(expecting(incident, 'timer').frame).toBe('main') // there is time left to look again
  })

  it.each([
    ['continue', 'apply'],
    ['undo', 'begin-undo'],
    ['leave', 'finish'],
  ] as const)('that was interrupted can be answered with %s', (option, next) => {
    const incident = beside()
    until(incident, 'apply')
    take(incident, 'apply', command => [...reply.opFinished(command, 'one'), ...reply.resumed()])
    const { question } = expecting(incident, 'ask')
    expect(question.options.map(({ key }) => key)).toEqual(['continue', 'undo', 'leave'])
    take(incident, 'ask', command => reply.answered(command, option))
    expecting(incident, next)
  })

  it('that was interrupted and is undone leaves nothing standing, and the runbook goes on', () => {
    const incident = beside()
    until(incident, 'apply')
    take(incident, 'apply', command => [...reply.opFinished(command, 'one'), ...reply.resumed()])
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    take(incident, 'finish', reply.finished)
    expect(undoableVisits(incident.state())).toEqual([])
    expect(incident.state().lastDone?.outcome).toBe('undone')
    expect(expecting(incident, 'ask').question.step).toBe('sure')
  })

  const again = (incident: Incident) => doStarted(incident.state(), action('more', { alone: true }))

  it('is not begun beside another one, nor where something stands half done, nor after the end', () => {
    const two = beside()
    expect(accepted(two, again(two))).toBe(false)

    const midway = open(runbook(action('own')))
    until(midway, 'apply')
    expect(accepted(midway, again(midway))).toBe(false)
    midway.add(...reply.resumed())
    expect(accepted(midway, again(midway))).toBe(false)

    const over = open(runbook(end('over')))
    until(over, 'end')
    expect(accepted(over, again(over))).toBe(false)
    take(over, 'end', command => reply.ended(command, false))
    expect(accepted(over, again(over))).toBe(false)
  })

  it('is not begun in the frame of the runbook, nor without the action', () => {
    const incident = open(runbook(end('over')))
    const { data } = again(incident)
    expect(accepted(incident, { type: 'step.entered', frame: 'main', data })).toBe(false)
    const { doing: _, ...bare } = data
    expect(accepted(incident, { type: 'step.entered', frame: 'do#1', data: bare })).toBe(false)
    expect(accepted(incident, { type: 'step.entered', frame: 'do#2', data })).toBe(false)
  })
})

describe('a change made by hand', () => {
  const did = { type: 'note.added', data: { text: 'restarted it', kind: 'did', targets: ['p1'] } } as const

  it('is kept after a pause and after the end, and a note is none', () => {
    const incident = alone()
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, did)
    incident.add({ type: 'note.added', data: { text: 'saw it' } })
    expect(incident.state().byHand.map(({ text }) => text)).toEqual(['restarted it'])
  })

  it('stays where all that was changed is taken back, and is not spoken of where only a part is', () => {
    const incident = open(runbook(action('one'), action('two'), end('over')))
    applied(incident)
    applied(incident)
    incident.add(did)
    const [latest, first] = undoableVisits(incident.state())
    expect(leftByHand(incident.state(), [latest!, first!])).toEqual(['by hand, on p1: restarted it'])
    expect(leftByHand(incident.state(), [latest!])).toEqual([])
  })

  it('is done, for whoever takes over, and no note', () => {
    const incident = alone()
    incident.add(did)
    const lines = handOver(incident.state(), incident.events, { now: new Date(START).toISOString() })
    const at = lines.indexOf('  by hand, on p1: restarted it')
    expect(lines.slice(lines.indexOf('done'), at + 1)).toEqual(['done', '  by hand, on p1: restarted it'])
    expect(lines.slice(lines.indexOf('notes')).slice(0, 2)).toEqual(['notes', '  nothing'])
  })
})
