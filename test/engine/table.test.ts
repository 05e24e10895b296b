import { describe, expect, it } from 'vitest'
import { TABLE } from '../../src/engine/transition.js'
import { take, until } from './drive.js'
import {
  action,
  ask,
  branch,
  check,
  choice,
  DRY_RUN,
  end,
  goto,
  type Incident,
  manual,
  open,
  phaseOf,
  runbook,
  wait,
} from './histories.js'
import * as reply from './replies.js'

const CELLS = Object.entries(TABLE).flatMap(([phase, row]) => Object.keys(row).map(type => `${phase} ${type}`))

/** Each is told through `pending`, and checks on its way that it stands where it should. */
const HISTORIES: { readonly [sentence: string]: () => Incident } = {
  'enters a step whose `when` is true, and skips one whose `when` is not': () => {
    const incident = open(runbook(check('a', { when: 'yes' }), check('b', { when: 'no' }), end('over')))
    take(incident, 'evaluate', command => reply.evaluated(command, true))
    expect(phaseOf(incident)).toBe('admitted')
    take(incident, 'enter', reply.entered)
    take(incident, 'evaluate', command => reply.evaluated(command, {}))
    expect(phaseOf(incident)).toBe('checking')
    take(incident, 'check', command => reply.observed(command, 'pass'))
    take(incident, 'finish', reply.finished)
    take(incident, 'evaluate', command => reply.evaluated(command, false))
    expect(phaseOf(incident)).toBe('passing')
    take(incident, 'skip', reply.skipped)
    take(incident, 'enter', reply.entered)
    take(incident, 'finish', reply.finished)
    expect(phaseOf(incident)).toBe('over')
    take(incident, 'end', command => reply.ended(command, false))
    expect(incident.state()).toMatchObject({ status: 'ended', outcome: 'resolved' })
    return incident
  },
  'goes past a limit without asking anything': () => {
    const incident = open(
      runbook(
        wait('again', 1_000),
        { ...goto('back', 'again'), limit: { visits: 1, then: 'over' } },
        end('over'),
      ),
    )
    until(incident, 'skip')
    expect(phaseOf(incident)).toBe('arriving')
    take(incident, 'skip', reply.skipped)
    expect(incident.next()).toMatchObject({ do: 'enter', step: { id: 'over' } })
    return incident
  },
  'judges what a check saw by its `expect`': () => {
    const incident = open(runbook(check('a', { expect: 'result.calm' })))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'pass'))
    expect(phaseOf(incident)).toBe('judging')
    take(incident, 'evaluate', command => reply.evaluated(command, false))
    expect(phaseOf(incident)).toBe('closing')
    take(incident, 'finish', reply.finished)
    expect(phaseOf(incident)).toBe('deciding')
    take(incident, 'ask', command => reply.answered(command, 'continue'))
    return incident
  },
  'waits, asks and branches': () => {
    const incident = open(
      runbook(
        wait('pause', 120_000),
        manual('page'),
        branch('which', { if: 'no', goto: 'pause' }, { goto: 'asked' }),
        ask('asked', choice('out', { end: 'mitigated' })),
      ),
    )
    take(incident, 'enter', reply.entered)
    expect(phaseOf(incident)).toBe('waiting')
    take(incident, 'timer', reply.fired)
    until(incident, 'ask')
    expect(phaseOf(incident)).toBe('asking')
    take(incident, 'ask', command => reply.answered(command, 'done'))
    until(incident, 'evaluate')
    take(incident, 'evaluate', command => reply.evaluated(command, 1))
    until(incident, 'ask')
    take(incident, 'ask', command => reply.answered(command, 'out'))
    until(incident, 'end')
    return incident
  },
  'plans, agrees, plans again, asks again where that differs, applies and verifies': () => {
    const verify = { again: 'look', hold: 0, within: 60_000, every: 15_000 }
    const incident = open(runbook(check('look', { expect: 'calm' }), action('mend', { verify })))
    until(incident, 'plan')
    expect(phaseOf(incident)).toBe('planning')
    take(incident, 'plan', command => reply.planned(command))
    expect(phaseOf(incident)).toBe('gating')
    take(incident, 'gate', command => reply.decided(command))
    expect(phaseOf(incident)).toBe('confirming')
    take(incident, 'confirm', command => reply.planChanged(command, 'e'.repeat(64)))
    expect(phaseOf(incident)).toBe('gating')
    take(incident, 'gate', command => reply.decided(command))
    take(incident, 'confirm', reply.applyStarted)
    expect(phaseOf(incident)).toBe('applying')
    take(incident, 'apply', command => reply.applied(command))
    expect(phaseOf(incident)).toBe('verifying')
    take(incident, 'evaluate', command => reply.evaluated(command, {}))
    take(incident, 'check', command => reply.observed(command, 'inconclusive'))
    take(incident, 'timer', reply.fired)
    take(incident, 'check', command => reply.observed(command, 'fail'))
    take(incident, 'evaluate', command => reply.evaluated(command, true))
    expect(phaseOf(incident)).toBe('closing')
    return incident
  },
  'asks how to go on after a crash in an apply, and takes back what was done': () => {
    const incident = open(runbook(action('mend')))
    until(incident, 'apply')
    take(incident, 'apply', command => [...reply.opFinished(command, 'one'), ...reply.resumed()])
    expect(phaseOf(incident)).toBe('interrupted')
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    expect(phaseOf(incident)).toBe('undoing')
    take(incident, 'undo', command => reply.undone(incident, command))
    expect(phaseOf(incident)).toBe('closing')
    take(incident, 'finish', reply.finished)
    expect(phaseOf(incident)).toBe('deciding')
    return incident
  },
  'ends a rehearsal as one': () => {
    const incident = open(runbook(end('over')), { mode: DRY_RUN })
    until(incident, 'end')
    take(incident, 'end', command => reply.ended(command, true))
    expect(incident.state().status).toBe('ended')
    return incident
  },
}

describe('the table of transitions', () => {
  it.each(Object.entries(HISTORIES))('%s', (_sentence, tell) => {
    expect(tell().events.length).toBeGreaterThan(1)
  })

  it('has no cell that none of these histories takes', () => {
    const taken = new Set(Object.values(HISTORIES).flatMap(tell => cellsOf(tell())))
    expect(CELLS.filter(cell => !taken.has(cell))).toEqual([])
  })
})

/** Phase and event type of every event that a phase owns. */
const cellsOf = ({ events, states }: Incident): string[] =>
  events.flatMap(({ type }, index) => {
    const phase = states[index]?.frames.main?.phase.at
    return phase !== undefined && type in TABLE[phase] ? [`${phase} ${type}`] : []
  })
