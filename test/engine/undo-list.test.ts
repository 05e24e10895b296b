import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Draft, Event } from '../../src/domain/event.js'
import { entryOf } from '../../src/domain/table.js'
import { pending } from '../../src/engine/pending.js'
import { undoList } from '../../src/engine/undo.js'
import { agreeToUndo, expecting, failAfter, take, until } from './drive.js'
import { accepted, action, end, type Incident, open, runbook } from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'
import { walk, walks } from './walks.js'

/** Reckoned from the events alone: what was done or is in doubt, without what was taken back, newest first. */
const standing = (events: readonly Event[]): string[] => {
  const ops = events.filter(isOp)
  const last = new Map(ops.map(event => [event.data.op, event]))
  const starts = ops.filter(event => event.type === 'op.started').map(({ data }) => data)
  const own = new Set(starts.filter(({ undoes }) => undoes === undefined).map(({ op }) => op))
  const takenBack = events.flatMap(event => (event.type === 'undo.finished' ? (event.data.undone ?? []) : []))
  const stands = (op: string) => isDone(last.get(op)) || last.get(op)?.type === 'op.started'
  return [...own].filter(op => stands(op) && !takenBack.includes(op)).reverse()
}

type OpEvent = Event<'op.started' | 'op.finished' | 'op.failed' | 'op.refused' | 'op.resolved'>
const isOp = (event: Event): event is OpEvent => event.type.startsWith('op.')
const isDone = (event: OpEvent | undefined): boolean =>
  event?.type === 'op.finished' || (event?.type === 'op.resolved' && event.data.verdict === 'done')

const keysOf = (incident: Incident): string[] => undoList(incident.state()).map(({ op }) => op)

describe('the list of what undo takes back', () => {
  it('is the exact reverse of what was done and still stands, whatever happened', () => {
    fc.assert(
      fc.property(walks, fc.nat(), (one, cut) => {
        const { events, states } = walk(one)
        for (const n of [cut % states.length, states.length - 1])
          expect(undoList(states[n]!).map(({ op }) => op)).toEqual(standing(events.slice(0, n)))
      }),
      { numRuns: 500 },
    )
  })

  it('holds what finished and what is in doubt, and nothing that failed, was refused or did not happen', () => {
    const incident = open(runbook(action('mend')))
    const command = until(incident, 'apply')
    incident.add(
      ...reply.opFinished(command, 'one'),
      ...reply.opFailed(command, 'two'),
      ...reply.opRefused(command, 'three'),
      ...reply.opFinished(command, 'four'),
      ...reply.started(command, 'five'),
      ...reply.started(command, 'six'),
    )
    const six = entryOf(incident.state().ops, 'main/mend#1/six@t')
    incident.add(...reply.resolved(command, six!, 'not-done'))
    expect(keysOf(incident)).toEqual(['main/mend#1/five@t', 'main/mend#1/four@t', 'main/mend#1/one@t'])
  })

  it('can be asked for one visit alone', () => {
    const incident = open(runbook(action('mend')))
    failAfter(incident)
    take(incident, 'ask', command => reply.answered(command, 'retry'))
    until(incident, 'apply')
    incident.add(...reply.opFinished(expecting(incident, 'apply'), 'one'))
    const visit = (n: number) =>
      undoList(incident.state(), { frame: 'main', step: 'mend', visit: n }).map(({ op }) => op)
    expect(visit(1)).toEqual(['main/mend#1/one@t'])
    expect(visit(2)).toEqual(['main/mend#2/one@t'])
    expect(keysOf(incident)).toEqual(['main/mend#2/one@t', 'main/mend#1/one@t'])
  })
})

const failedAfter = (ops: (command: ReturnType<typeof until<'apply'>>) => reply.Reply): Incident => {
  const incident = open(runbook(action('mend'), end('over')))
  failAfter(incident, ops)
  return incident
}

const offered = (incident: Incident): string[] =>
  expecting(incident, 'ask').question.options.map(({ key }) => key)

describe('undo after a failure', () => {
  it('is offered where something was done', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    expect(offered(incident)).toEqual(['undo', 'retry', 'continue', 'abort'])
  })

  it('is not offered where nothing was done', () => {
    const incident = failedAfter(command => [
      ...reply.opFailed(command, 'one'),
      ...reply.opRefused(command, 'two'),
    ])
    expect(offered(incident)).toEqual(['retry', 'continue', 'abort'])
  })

  it('makes the step undone, and is not offered twice', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(incident.state().frames.main?.results.mend).toMatchObject({ outcome: 'undone' })
    expect(offered(incident)).toEqual(['retry', 'continue', 'abort'])
  })

  it('is not offered again once it was complete, though a look among the ops had nothing to take back', () => {
    const incident = failedAfter(command => [
      ...reply.opFinished(command, 'one'),
      ...reply.looked(command, 'look'),
    ])
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(keysOf(incident)).toEqual(['main/mend#1/look@t'])
    expect(offered(incident)).toEqual(['retry', 'continue', 'abort'])
  })

  it('that is not complete leaves the step failed, says what is left, and is offered again', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command, 'failed'))
    expect(incident.state().frames.main?.results.mend).toMatchObject({ outcome: 'failed' })
    expect(incident.events.at(-1)?.data).toMatchObject({ outcome: 'failed', left: ['main/mend#1/one@t'] })
    expect(expecting(incident, 'ask').question.text).toContain('Undo takes back, newest first: set t.')
    expect(offered(incident)).toContain('undo')
  })

  it('does not promise to take back what nothing takes back', () => {
    const final = (draft: Draft): Draft =>
      draft.type === 'op.started' ? { ...draft, data: { ...draft.data, irreversible: true } } : draft
    const incident = failedAfter(command => [
      ...reply.opFinished(command, 'one'),
      ...reply.opFinished(command, 'two').map(final),
    ])
    const { text } = expecting(incident, 'ask').question
    expect(text).toContain('Undo takes back, newest first: set t. Nothing takes back: set t.')
  })

  it('shows its plan and asks for consent before anything of it is done; declined, everything stands', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    until(incident, 'gate')
    take(incident, 'gate', command => reply.decided(command, 'declined'))
    take(incident, 'leave-undo', undo.undoLeft)
    expect(keysOf(incident)).toEqual(['main/mend#1/one@t'])
    expect(offered(incident)).toContain('undo')
  })

  it('takes back after the end what was left standing, and ends nothing twice', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    take(incident, 'ask', command => reply.answered(command, 'abort'))
    take(incident, 'end', command => reply.ended(command, false))
    incident.add(...undo.undoBegun(incident, [{ step: 'mend', visit: 1 }]))
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(keysOf(incident)).toEqual([])
    expect(incident.state()).toMatchObject({ status: 'ended', outcome: 'aborted' })
    expect(pending(incident.state())).toEqual([])
  })

  it('is not begun twice at once', () => {
    const incident = failedAfter(command => reply.opFinished(command, 'one'))
    incident.add(...undo.undoBegun(incident, [{ step: 'mend', visit: 1 }]))
    const [second] = undo.undoBegun(incident, [{ step: 'mend', visit: 1 }])
    expect(accepted(incident, second!)).toBe(false)
  })
})
