import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/domain/table.js'
import { agreeToUndo, expecting, take, until } from './drive.js'
import { action, end, frameOf, type Incident, open, phaseOf, plan, runbook } from './histories.js'
import * as reply from './replies.js'
import * as undo from './undo-replies.js'

/** An incident whose process died in mid-apply: one op is done, one in doubt. */
const interrupted = (): Incident => {
  const incident = open(runbook(action('mend'), end('over')))
  until(incident, 'apply')
  take(incident, 'apply', command => [
    ...reply.opFinished(command, 'one'),
    ...reply.started(command, 'two'),
    ...reply.resumed(),
  ])
  return incident
}

describe('a resume in mid-apply', () => {
  it('asks how to go on, and says what is done and what is in doubt', () => {
    const { question } = expecting(interrupted(), 'ask')
    expect(question.kind).toBe('interrupted')
    expect(question.options.map(({ key }) => key)).toEqual(['continue', 'undo', 'abort'])
    expect(question.text).toContain('1 of its ops are done')
    expect(question.text).toContain('main/mend#1/two@t')
    expect(question.text).not.toContain('main/mend#1/one@t')
  })

  it('asks the same question again when it is resumed again', () => {
    const incident = interrupted()
    const before = expecting(incident, 'ask').question
    incident.add(...reply.resumed())
    expect(expecting(incident, 'ask').question).toEqual(before)
  })

  it('goes on with the very plan that was agreed to, and with what its ops have done', () => {
    const incident = interrupted()
    take(incident, 'ask', command => reply.answered(command, 'continue'))
    expect(expecting(incident, 'apply').plan).toEqual(plan())
    expect(entryOf(incident.state().ops, 'main/mend#1/one@t')?.status).toBe('finished')
    expect(entryOf(incident.state().ops, 'main/mend#1/two@t')?.status).toBe('started')
  })

  it('takes back what was done, and asks what then', () => {
    const incident = interrupted()
    take(incident, 'ask', command => reply.answered(command, 'undo'))
    expect(phaseOf(incident)).toBe('undoing')
    agreeToUndo(incident)
    take(incident, 'undo', command => undo.undone(incident, command))
    take(incident, 'finish', reply.finished)
    expect(frameOf(incident).results.mend).toMatchObject({ outcome: 'undone' })
    expect(expecting(incident, 'ask').question.kind).toBe('failed')
  })

  it('ends the incident as aborted, and leaves everything as it is', () => {
    const incident = interrupted()
    const { ops } = incident.state()
    take(incident, 'ask', command => reply.answered(command, 'abort'))
    expect(expecting(incident, 'end')).toMatchObject({ outcome: 'aborted', because: 'aborted inside mend' })
    expect(incident.state().ops).toEqual(ops)
  })

  it('asks again after a second crash', () => {
    const incident = interrupted()
    take(incident, 'ask', command => reply.answered(command, 'continue'))
    incident.add(...reply.resumed())
    expect(expecting(incident, 'ask').question.kind).toBe('interrupted')
  })
})

describe('a resume anywhere else', () => {
  it.each(['enter', 'evaluate', 'plan', 'gate', 'confirm', 'finish'] as const)(
    'goes on where it stood: at %s',
    what => {
      const incident = open(runbook(action('mend'), end('over')))
      const before = until(incident, what)
      incident.add({ type: 'incident.paused', data: { reason: 'Ctrl-C' } }, ...reply.resumed())
      expect(incident.next()).toEqual(before)
    },
  )

  it('goes on with an undo that was under way where the operator says so', () => {
    const incident = undoCut()
    expect(expecting(incident, 'ask').question.options.map(({ key }) => key)).toEqual(['continue', 'stop'])
    take(incident, 'ask', command => reply.answered(command, 'continue'))
    take(incident, 'undo', command => undo.undone(incident, command))
    expect(expecting(incident, 'finish').finished.outcome).toBe('undone')
  })

  it('leaves an undo that was under way, says what still stands, and does not go on as if it had not been', () => {
    const incident = undoCut()
    take(incident, 'ask', command => reply.answered(command, 'stop'))
    expect(expecting(incident, 'leave-undo')).toMatchObject({
      outcome: 'failed',
      left: ['set on t: its undo was interrupted'],
    })
    take(incident, 'leave-undo', undo.undoLeft)
    expect(expecting(incident, 'ask').question.options.map(({ key }) => key)).toEqual(['undo', 'abort'])
  })
})

/** Another process died in the middle of taking back what the first one left. */
const undoCut = (): Incident => {
  const incident = interrupted()
  take(incident, 'ask', command => reply.answered(command, 'undo'))
  agreeToUndo(incident)
  take(incident, 'undo', command => undo.undone(incident, command, 'cut'))
  return incident
}
