import { describe, expect, it } from 'vitest'
import { checkAnswers } from '../../src/commands/support/answers-file.js'
import type { Question } from '../../src/domain/question.js'
import type { Step } from '../../src/domain/runbook.js'
import { budgetQuestion, decidingQuestion } from '../../src/engine/questions.js'
import type { Phase } from '../../src/engine/state.js'
import { NO_ANSWERS } from '../../src/runtime/answers.js'
import { DECISIONS, decisionsFor } from '../../src/testing/decisions.js'
import {
  action,
  ask,
  branch,
  call,
  check,
  choice,
  each,
  end,
  frameOf,
  goto,
  manual,
  notify,
  open,
  parallel,
  runbook,
  until,
  wait,
} from '../engine/histories.js'
import { testStreams } from '../hosts/streams.js'

/** What the engine offers where that step failed, could not tell or went over the budget, of what a file can say. */
const offered = (step: Step, inside = false): string[] => {
  const incident = open(runbook(step))
  const state = {
    ...incident.state(),
    exhausted: { step: step.id, visit: 1, frame: 'main', failures: 3, limit: 2 },
  }
  const frame = { ...frameOf(incident), ...(inside ? { path: 'main/x#1/a', parent: 'main' } : {}) }
  const deciding = (outcome: 'failed' | 'inconclusive'): Phase & { at: 'deciding' } => ({
    at: 'deciding',
    finished: { step: step.id, visit: 1, outcome, summary: '' },
    undoable: true,
  })
  const at = (phase: Phase & { at: 'deciding' }) => decidingQuestion(state, { ...frame, phase }, step, phase)
  const budget = budgetQuestion(state, frame, step)
  const questions: Question[] = [
    at(deciding('failed')),
    ...(step.kind === 'check' ? [at(deciding('inconclusive'))] : []),
    ...(step.kind === 'action' && budget ? [budget] : []),
  ]
  return questions.flatMap(({ options, verbs }) => [
    ...options.map(({ key }) => key),
    ...verbs.filter(({ details }) => details.length === 0).map(({ key }) => key),
  ])
}

const KINDS: Step[] = [
  check('it'),
  action('it'),
  manual('it'),
  until('it'),
  parallel('it', { a: [wait('w', 1)] }),
  each('it', [wait('w', 1)]),
  call('it', 'other'),
]

describe('what a step can be decided with', () => {
  it.each(KINDS)('is what the engine offers for a $kind, and no other word', step => {
    const words = decisionsFor('it', runbook(step), [])
    expect([...words].sort()).toEqual([...new Set(offered(step))].sort())
    const inside = decisionsFor('it', runbook(parallel('both', { a: [step] })), [])
    expect([...inside].sort()).toEqual([...new Set(offered(step, true))].sort())
    for (const word of inside) expect(Object.keys(DECISIONS)).toContain(word)
  })

  it('is also giving up, in a runbook that it leads to', () => {
    expect(decisionsFor('it', runbook(check('it')), [])).not.toContain('leave')
    expect(decisionsFor('it', runbook(end('over')), [runbook(check('it'))])).toContain('leave')
  })

  it.each<Step>([
    goto('it', 'it'),
    end('it'),
    branch('it', { goto: 'it' }),
    ask('it', choice('a')),
    notify('it'),
    wait('it', 1),
  ])('is nothing for a $kind', step => {
    expect(decisionsFor('it', runbook(step), [])).toEqual([])
  })
})

describe('an answers file', () => {
  const BOOK = runbook(
    check('look'),
    until('calm'),
    manual('call'),
    ask('sure', choice('yes'), choice('no')),
    wait('rest', 1),
    parallel('both', { a: [action('mend')] }),
  )
  const OTHER = runbook(manual('call'), check('look'))

  const refusal = (written: Partial<typeof NO_ANSWERS>): string => {
    const io = { ...testStreams(), env: {}, cwd: '/' }
    const said: string[] = []
    io.err.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    const checked = checkAnswers(io, [BOOK, OTHER], { ...NO_ANSWERS, ...written })
    return 'exit' in checked ? said.join('') : ''
  }

  it('is taken where all of it can be asked for', () => {
    const decisions = { look: ['retry', 'pass'], calm: 'continue', call: 'abort', mend: 'leave', undo: 'stop' }
    expect(refusal({ decisions, answers: { call: 'cannot', sure: ['no', 'yes'] } })).toBe('')
  })

  it.each([
    [{ decisions: { look: 'contniue' } }, 'look cannot be decided with contniue', 'did you mean continue?'],
    [
      { decisions: { mend: ['undo', 'pass'] } },
      'mend cannot be decided with pass',
      'there are: retry, continue',
    ],
    [{ decisions: { calm: 'skip' } }, 'calm cannot be decided with skip', 'next:'],
    [{ decisions: { rest: 'retry' } }, 'or wait until step rest', 'next:'],
    [{ decisions: { sure: 'retry' } }, 'or wait until step sure', 'next:'],
    [{ decisions: { lok: 'retry' } }, 'or wait until step lok', 'did you mean look?'],
    [{ answers: { call: 'perhaps' } }, 'call has no choice perhaps', 'there are: done, cannot\n'],
    [{ answers: { whatever: 'no' } }, 'no ask or manual step whatever', 'there are: call, sure\n'],
  ])('with %j is refused, and what would be right is said, each name once', (written, message, help) => {
    const text = refusal(written)
    expect(text).toContain(message)
    expect(text).toContain(help)
  })
})
