import { describe, expect, it } from 'vitest'
import { EVENT, type RecordedType } from '../../src/domain/event.js'
import { EVERYWHERE } from '../../src/engine/everywhere.js'
import { replay } from '../../src/engine/replay.js'
import { EMPTY, type Phase } from '../../src/engine/state.js'
import { TABLE, transition } from '../../src/engine/transition.js'
import { take, until } from './drive.js'
import {
  accepted,
  accepts,
  action,
  ask,
  check,
  choice,
  DRY_RUN,
  end,
  type Incident,
  open,
  phaseOf,
  runbook,
  stamp,
  wait,
} from './histories.js'
import * as reply from './replies.js'

const OPENED: readonly Phase['at'][] = ['arriving', 'preparing', 'checking', 'judging', 'closing', 'deciding']

/** An incident in that phase of its check step `a`. */
const inPhase = (phase: Phase['at']): Incident => {
  const incident = open(runbook(check('a', { expect: 'calm' }), end('over')))
  const script = [
    () => take(incident, 'enter', reply.entered),
    () => take(incident, 'evaluate', command => reply.evaluated(command, {})),
    () => take(incident, 'check', command => reply.observed(command, 'pass')),
    () => take(incident, 'evaluate', command => reply.evaluated(command, false)),
    () => take(incident, 'finish', reply.finished),
  ]
  for (const tell of script) if (phaseOf(incident) !== phase) tell()
  expect(phaseOf(incident)).toBe(phase)
  return incident
}

const TYPES = Object.keys(TABLE).flatMap(phase => Object.keys(TABLE[phase as Phase['at']])) as RecordedType[]

describe('an event that the state does not accept', () => {
  it.each(
    OPENED.flatMap(phase =>
      [...new Set(TYPES)]
        .filter(type => !(type in TABLE[phase]) && !(type in EVERYWHERE))
        .map(type => [type, phase] as const),
    ),
  )('is refused: %s while %s', (type, phase) => {
    const incident = inPhase(phase)
    // Of no use but its type: a state that does not wait for it never looks inside.
    const event = stamp({ type, frame: 'main', data: { step: 'a', visit: 1 } } as never)
    expect(accepts(incident.state(), event)).toBe(false)
    expect(() => transition(incident.state(), event)).toThrow(
      `${type} is not accepted in phase ${phase} of frame main`,
    )
  })

  it.each([
    ['another step', { step: 'over', visit: 1 }],
    ['another visit', { step: 'a', visit: 2 }],
  ])('is refused: one of %s', (_what, visit) => {
    const incident = inPhase('closing')
    expect(
      accepted(incident, {
        type: 'step.finished',
        frame: 'main',
        data: { ...visit, outcome: 'passed', summary: '' },
      }),
    ).toBe(false)
  })

  it.each([undefined, 'main/each#1'])('is refused: one of the frame %s', frame => {
    const incident = inPhase('arriving')
    const data = { step: 'a', visit: 1, kind: 'check', title: 'a' } as const
    expect(accepted(incident, { type: 'step.entered', ...(frame === undefined ? {} : { frame }), data })).toBe(
      false,
    )
  })

  it('is refused: an answer that was not offered, or to another question', () => {
    const incident = open(runbook(ask('which', choice('left', { end: 'resolved' }))))
    const { question } = until(incident, 'ask')
    const answer = (option: string, id: string) =>
      accepted(incident, {
        type: 'question.answered',
        frame: 'main',
        data: { step: 'which', visit: 1, question: id, option, by: 'operator' },
      })
    expect(answer('left', question.id)).toBe(true)
    expect(answer('right', question.id)).toBe(false)
    expect(answer('left', 'main:which#1:failed')).toBe(false)
  })

  it.each(['deciding', 'interrupted'] as const)(
    'is refused: an answer that is no option of a question of the engine, while %s',
    phase => {
      const incident = open(runbook(action('mend'), end('over')))
      const command = until(incident, 'apply')
      incident.add(...(phase === 'interrupted' ? reply.resumed() : reply.applied(command, 'failed')))
      const { question } = until(incident, 'ask')
      expect(phaseOf(incident)).toBe(phase)
      const data = { step: 'mend', visit: 1, question: question.id, option: 'yes', by: 'operator' } as const
      expect(accepted(incident, { type: 'question.answered', frame: 'main', data })).toBe(false)
    },
  )

  it('is refused: consent to another plan than the one that was shown', () => {
    const incident = open(runbook(action('mend')))
    const gate = until(incident, 'gate')
    const other = { ...gate, plan: { ...gate.plan, digest: '0'.repeat(64) } }
    expect(reply.decided(other).every(draft => accepted(incident, draft))).toBe(false)
    take(incident, 'gate', command => reply.decided(command))
    const confirm = until(incident, 'confirm')
    expect(reply.applyStarted({ ...confirm, plan: other.plan }).every(one => accepted(incident, one))).toBe(
      false,
    )
  })

  it('is refused: anything but `incident.opened` before it', () => {
    const types = Object.values(EVENT).filter(type => type !== EVENT.incidentOpened)
    for (const type of types)
      expect(accepts(EMPTY, stamp({ type, frame: 'main', data: {} } as never)), type).toBe(false)
  })

  it('is refused: a second `incident.opened`', () => {
    const incident = open(runbook(end('over')))
    const [first] = incident.events
    expect(accepts(incident.state(), first!)).toBe(false)
  })

  it('is refused: work while the incident is paused, until it is resumed', () => {
    const incident = open(runbook(wait('pause', 1_000)))
    const [enter] = reply.entered(until(incident, 'enter'))
    incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } })
    expect(accepted(incident, enter!)).toBe(false)
    incident.add(...reply.resumed())
    expect(accepted(incident, enter!)).toBe(true)
  })

  it('is refused: anything but a note or a score after the end', () => {
    const incident = open(runbook(end('over')))
    take(incident, 'enter', reply.entered)
    take(incident, 'finish', reply.finished)
    take(incident, 'end', command => reply.ended(command, false))
    expect(accepted(incident, { type: 'incident.resumed', data: { tool: '' } })).toBe(false)
    expect(accepted(incident, { type: 'incident.paused', data: { reason: '' } })).toBe(false)
    expect(accepted(incident, { type: 'note.added', data: { text: 'late' } })).toBe(true)
  })

  it.each([
    [false, 'dry_run.ended'],
    [true, 'incident.ended'],
  ] as const)('is refused: the end of the other kind of run (withheld: %s)', (withheld, type) => {
    const incident = open(runbook(end('over')), withheld ? { mode: DRY_RUN } : {})
    const command = until(incident, 'end')
    const [own] = reply.ended(command, withheld)
    const [other] = reply.ended(command, !withheld)
    expect(other?.type).toBe(type)
    expect(accepted(incident, own!)).toBe(true)
    expect(accepted(incident, other!)).toBe(false)
  })

  it('makes a journal damaged, by the number of its line', () => {
    const { events } = open(runbook(wait('pause', 1_000)))
    const fired = stamp({ type: 'timer.fired', frame: 'main', data: { step: 'pause', visit: 1, due: '' } })
    const result = replay([...events, fired])
    expect(result).toMatchObject({
      ok: false,
      failure: {
        code: 'journal.damaged',
        message: expect.stringContaining('line 2 of the journal, timer.fired'),
      },
    })
  })
})
