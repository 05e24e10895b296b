import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/domain/table.js'
import { undoList } from '../../src/engine/undo.js'
import { CELLS, cellsOf } from './cells.js'
import { agreeToUndo, failAfter, take, until } from './drive.js'
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
  notify,
  open,
  parallel,
  phaseOf,
  runbook,
  wait,
} from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

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
  'looks again where a check that is to be retried has not passed': () => {
    const incident = open(runbook(check('a', { retry: { times: 1, every: 10_000 } }), end('over')))
    until(incident, 'check')
    take(incident, 'check', command => reply.observed(command, 'inconclusive'))
    expect(phaseOf(incident)).toBe('retrying')
    take(incident, 'timer', reply.fired)
    expect(phaseOf(incident)).toBe('checking')
    take(incident, 'check', command => reply.observed(command, 'fail'))
    expect(phaseOf(incident)).toBe('closing')
    return incident
  },
  'gives up steps side by side when their time is over': () => {
    const branches = { left: [wait('l', 600_000)], right: [wait('r', 600_000)] }
    const incident = open(runbook(parallel('both', branches, { timeout: 60_000 }), end('over')))
    take(incident, 'enter', reply.entered)
    expect(phaseOf(incident)).toBe('inside')
    take(incident, 'timer', reply.fired)
    until(incident, 'ask')
    expect(phaseOf(incident)).toBe('deciding')
    return incident
  },
  'tells people something and goes on': () => {
    const incident = open(runbook(notify('tell'), end('over')))
    take(incident, 'enter', reply.entered)
    take(incident, 'evaluate', command => reply.evaluated(command, { text: 'text' }))
    expect(phaseOf(incident)).toBe('notifying')
    take(incident, 'notify', reply.notified)
    take(incident, 'finish', reply.finished)
    return incident
  },
  'hands over to another runbook, or asks where an input of it is not known': () => {
    const onward = choice('on', { run: { runbook: 'other', with: {} } })
    const incident = open(runbook(ask('which', onward)), {
      others: [{ ...runbook(end('over')), name: 'other' }],
    })
    until(incident, 'ask')
    take(incident, 'ask', command => reply.answered(command, 'on'))
    take(incident, 'finish', reply.finished)
    expect(phaseOf(incident)).toBe('handing')
    take(incident, 'evaluate', command => reply.evaluated(command, null, 'steps.gone'))
    expect(phaseOf(incident)).toBe('deciding')
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
    agreeToUndo(incident)
    expect(phaseOf(incident)).toBe('undoing')
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(phaseOf(incident)).toBe('closing')
    take(incident, 'finish', reply.finished)
    expect(phaseOf(incident)).toBe('deciding')
    return incident
  },
  'goes another way at a gate, and overrides what refuses the plan': () => {
    const incident = open(runbook(action('mend')))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.wentElsewhere(command, 'retry'))
    expect(phaseOf(incident)).toBe('planning')
    until(incident, 'gate')
    take(incident, 'gate', command => reply.overridden(command))
    expect(phaseOf(incident)).toBe('gating')
    return incident
  },
  'asks whether to go on where the budget for failures is used up': () => {
    const incident = open(runbook(action('mend')))
    const command = until(incident, 'apply')
    incident.add(...reply.exhausted(command, 'continue'))
    expect(phaseOf(incident)).toBe('applying')
    return incident
  },
  'plans an undo again where it differs, overrides for it, and leaves it after a crash': () => {
    const incident = open(runbook(action('mend')))
    failAfter(incident)
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    until(incident, 'confirm-undo')
    take(incident, 'confirm-undo', command => reply.planChanged(command, 'e'.repeat(64)))
    take(incident, 'gate', command => reply.overridden(command))
    take(incident, 'gate', command => reply.decided(command))
    take(incident, 'confirm-undo', reply.applyStarted)
    take(incident, 'undo', command => undo.undone(incident, command, 'cut'))
    take(incident, 'ask', command => reply.answered(command, 'stop'))
    take(incident, 'leave-undo', undo.undoLeft)
    expect(phaseOf(incident)).toBe('deciding')
    return incident
  },
  'reads an undo that 0.1.0 wrote, inside the frame of its step': () => {
    const incident = open(runbook(action('mend')))
    failAfter(incident)
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    const one = entryOf(incident.state().ops, 'main/mend#1/one@t')
    incident.add(...undo.undoneIn010(one!))
    expect(phaseOf(incident)).toBe('closing')
    expect(undoList(incident.state())).toEqual([])
    take(incident, 'finish', reply.finished)
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
