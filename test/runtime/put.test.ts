import { describe, expect, it } from 'vitest'
import type { Answer, Question } from '../../src/domain/question.js'
import { put } from '../../src/runtime/put.js'
import { action, plan, runbook } from '../engine/histories.js'
import { boot, entriesOf, stageFor } from './process.js'
import { newWorld } from './world.js'

const question = (more: Partial<Question> = {}): Question => ({
  id: 'main:mend#1:failed',
  kind: 'failed',
  step: 'mend',
  visit: 1,
  title: 'mend',
  text: 'It failed.',
  options: [{ key: 'retry', label: 'Again', recommended: false }],
  verbs: [{ key: 'undo', label: 'Take back what mend did', details: [] }],
  ...more,
})

const gate = (level: 'operator' | 'refused'): Question =>
  question({
    kind: 'gate',
    options: [{ key: 'approve', label: 'Carry it out', recommended: true }],
    gate: { level, reasons: [], plan: plan() },
  })

/** What becomes of an answer to a question that is the first of these when it is put, and the second when it is answered. */
const putting = async (shown: Question | undefined, then: Question | undefined, option: string) => {
  const stage = stageFor(newWorld('a'), runbook(action('mend')))
  const asked: Question[] = []
  const answer: Answer = { option, by: 'operator' }
  const { deps, stop } = await boot(stage, {
    answer: one => {
      asked.push(one)
      return answer
    },
  })
  const made = [shown, then]
  const said = await put(deps, 'main', () => made.shift())
  const recorded = (await entriesOf(stage)).filter(({ type }) => type === 'question.asked').length
  return { said, asked, recorded, stopped: stop.reason() }
}

describe('an answer', () => {
  it('counts where what was offered is still what it was', async () => {
    const { said, recorded } = await putting(question(), question(), 'retry')
    expect(said?.answer.option).toBe('retry')
    expect(recorded).toBe(1)
  })

  it.each([
    ['is not offered any more', question({ options: [] }), 'retry'],
    [
      'is about something else by now',
      question({ verbs: [{ key: 'undo', label: 'Take back what move did', details: [] }] }),
      'undo',
    ],
    ['is to a question that is not asked any more', undefined, 'retry'],
  ])('does not count where it %s, and nothing is paused for it', async (_name, then, option) => {
    const { said, stopped } = await putting(question(), then, option)
    expect(said).toBeUndefined()
    expect(stopped).toBeUndefined()
  })

  it('to a gate does not count where the gate has become another one', async () => {
    expect((await putting(gate('operator'), gate('refused'), 'approve')).said).toBeUndefined()
    expect((await putting(gate('operator'), gate('operator'), 'approve')).said?.answer.option).toBe('approve')
  })
})

describe('a question', () => {
  it('that need not be asked any more when its turn comes is neither put nor on record', async () => {
    const { said, asked, recorded } = await putting(undefined, undefined, 'retry')
    expect({ said, asked, recorded }).toEqual({ said: undefined, asked: [], recorded: 0 })
  })
})
