import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Detail, type Question, VERB, type Verb } from '../../src/domain/question.js'
import { accepting } from '../../src/hosts/lines/details.js'
import { HOST_VERB, matching } from '../../src/hosts/lines/matching.js'
import { plan } from '../engine/histories.js'
import { asked, option } from './asked.js'

const WHY: Detail = {
  field: 'reason',
  message: 'Why is it skipped?',
  accepts: 'text',
  suggestions: ['done by hand', 'too risky'],
}
const WHERE: Detail = { field: 'to', message: 'Jump to', accepts: { oneOf: ['survey', 'settle', 'mend'] } }
const SURE: Detail = { field: 'typed', message: 'Type min_healthy', accepts: { exactly: 'min_healthy' } }

const verb = (key: Verb['key'], ...details: Detail[]): Verb => ({ key, label: `Label of ${key}`, details })
const VERBS = [
  verb(VERB.skip, WHY),
  verb(VERB.jump, WHERE, { ...WHY, message: 'Why jump' }),
  verb(VERB.override, SURE),
  verb(VERB.note, { field: 'reason', message: 'Note', accepts: 'text' }),
  verb(VERB.abort),
]

const QUESTION: Question = {
  id: 'main:mend#1:gate',
  kind: 'gate',
  step: 'mend',
  visit: 1,
  title: 'Replace the worst proxy',
  text: 'Carry out this plan?',
  options: ['approve', 'decline'].map(option),
  verbs: VERBS,
}
const ASKED = 'approve / decline (? for more):'

describe('a verb', () => {
  it.each([
    ['skip', 'skip'],
    ['s', 'skip'],
    ['OVER', 'override'],
    ['ab', 'abort'],
    ['ap', 'approve'],
  ])('is meant as an option is: %j is %s', (text, value) => {
    expect(matching(QUESTION, text)).toEqual({ value })
  })

  it('and an option that begin alike ask for more', () => {
    expect(matching(QUESTION, 'a')).toBe('a may mean approve or abort. Type more of it.')
  })

  it('is hidden by an option of the same name, and makes no beginning of it ambiguous', () => {
    const hidden = { options: [option('abort')], verbs: [verb(VERB.abort)] }
    expect(matching(hidden, 'ab')).toEqual({ value: 'abort' })
  })

  it('that an option hides is answered as that option, with nothing more asked', async () => {
    const hidden = { ...QUESTION, options: [option('skip')] }
    const { answer } = await asked(hidden, ['skip (? for more):', 'sk'])
    expect(answer).toEqual({ option: 'skip', by: 'operator' })
  })

  it('without details is the whole answer', async () => {
    expect((await asked(QUESTION, [ASKED, 'abort'])).answer).toEqual({ option: 'abort', by: 'operator' })
  })

  it('stands not on the prompt line: only what answers the question does', async () => {
    const { said } = await asked(QUESTION, [ASKED, 'approve'])
    expect(said.err()).not.toContain('Label of')
  })

  it('asks for its details in their order, and answers with all of them', async () => {
    const { answer } = await asked(QUESTION, [ASKED, 'jump'], ['Jump to:', 'su'], ['Why jump:', '2'])
    expect(answer).toEqual({ option: 'jump', by: 'operator', to: 'survey', reason: 'too risky' })
  })

  it('wants a word exactly where it must be typed', async () => {
    const { answer } = await asked(
      QUESTION,
      [ASKED, 'override'],
      ['Type min_healthy:', 'min_h'],
      ['That is not min_healthy', 'min_healthy'],
    )
    expect(answer).toEqual({ option: 'override', by: 'operator', typed: 'min_healthy' })
  })

  it('asks again after a bare Enter at one of its details, and shows what may be typed', async () => {
    const { answer, said } = await asked(
      QUESTION,
      [ASKED, 'skip'],
      ['Why is it skipped?', ''],
      ['Enter alone decides nothing', 'the vendor did it'],
    )
    expect(answer).toEqual({ option: 'skip', by: 'operator', reason: 'the vendor did it' })
    expect(said.err()).toContain('1  done by hand\n')
    expect(said.err()).toContain('2  too risky\n')
  })

  it('is not answered when Ctrl-C is pressed at one of its details', async () => {
    const { answer } = await asked(QUESTION, [ASKED, 'skip'], ['Why is it skipped?', '\u0003'])
    expect(answer).toBeUndefined()
  })
})

describe('a detail', () => {
  it.each(['', ' ', '\t'])('as text is never empty (%j)', text => {
    expect(accepting(WHY, text)).toBe('Type some words. Enter alone decides nothing.')
  })

  it.each([
    ['1', 'done by hand'],
    [' 2 ', 'too risky'],
    ['2 of them hang', '2 of them hang'],
  ])('as text is a suggestion by its number, or the words: %j', (text, value) => {
    expect(accepting(WHY, text)).toEqual({ value })
  })

  it.each(['0', '3', '00', '99999999999999999999'])('has no suggestion %s', text => {
    expect(accepting(WHY, text)).toBe(`There is no ${text}: type 1 to 2, or words.`)
  })

  it('without suggestions takes a number as it is', () => {
    const plain: Detail = { field: 'reason', message: 'Note', accepts: 'text' }
    expect(accepting(plain, ' 42 ')).toEqual({ value: '42' })
  })

  it('of a list is a whole word or a beginning of one alone', () => {
    expect(accepting(WHERE, 'M')).toEqual({ value: 'mend' })
    expect(accepting(WHERE, 's')).toBe('s may mean survey or settle. Type more of it.')
    expect(accepting(WHERE, 'x')).toBe('"x" is none of: survey, settle, mend.')
    expect(accepting(WHERE, '')).toBe('Type one of: survey, settle, mend. Enter alone decides nothing.')
  })

  it('that must be typed exactly takes nothing else', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(typeof accepting(SURE, text) === 'string').toBe(text !== 'min_healthy')
      }),
    )
  })
})

describe('the host’s own verbs', () => {
  const COMMANDS = ['aws ec2 associate-address --allocation-id eipalloc-1', 'echo "disable frontend shard1"']
  const planned: Question = {
    ...QUESTION,
    gate: { level: 'operator', reasons: ['it adds capacity'], plan: plan({ commands: COMMANDS }) },
  }

  it('x shows the commands of the plan, each on a line of its own, and asks again', async () => {
    const { answer, said } = await asked(planned, [ASKED, 'x'], [COMMANDS[1] ?? '', 'approve'])
    expect(said.err()).toContain(`    ${COMMANDS[0]}\n    ${COMMANDS[1]}\n`)
    expect(answer).toEqual({ option: 'approve', by: 'operator' })
  })

  it('x says so where there is nothing to do by hand', async () => {
    const { answer } = await asked(QUESTION, [ASKED, 'x'], ['There is nothing to do by hand here', 'decline'])
    expect(answer).toEqual({ option: 'decline', by: 'operator' })
  })

  it('? shows every option and verb with its label, and asks again', async () => {
    const { answer, said } = await asked(QUESTION, [ASKED, '?'], ['Show this list', 'approve'])
    for (const { key, label } of [...QUESTION.options, ...VERBS])
      expect(said.err()).toContain(`    ${key.padEnd(10)} ${label}\n`)
    expect(answer).toEqual({ option: 'approve', by: 'operator' })
  })

  it('x is the runbook’s where it has an option of that name', async () => {
    const own = { ...planned, options: [option('x'), option('y')] }
    const { answer, said } = await asked(own, ['x / y (? for more):', 'x'])
    expect(answer).toEqual({ option: 'x', by: 'operator' })
    expect(said.err()).not.toContain(COMMANDS[0])
  })

  it.each(Object.values(HOST_VERB))('%s is no answer, whatever else begins with it', key => {
    const beginning = { ...QUESTION, options: [option('xray'), option('?!')] }
    expect(matching(beginning, key)).toEqual({ value: key })
  })
})

describe('a question that a guardrail refuses', () => {
  const refused = (verbs: readonly Verb[]): Question => ({
    ...QUESTION,
    options: [option('decline')],
    verbs,
    gate: { level: 'refused', reasons: ['it would leave 3; min_healthy is 4', 'too many out'], plan: plan() },
  })
  const LINE = 'decline (? for more):'

  it('says so, by which guardrails, and that override may be typed', async () => {
    const { said } = await asked(refused(VERBS), [LINE, 'decline'])
    expect(said.err()).toContain('is refused: it would leave 3; min_healthy is 4, too many out')
    expect(said.err()).toContain('override may be typed: Label of override')
  })

  it('says nothing of an override where there is none', async () => {
    const { said } = await asked(refused([verb(VERB.abort)]), [LINE, 'decline'])
    expect(said.err()).toContain('is refused')
    expect(said.err()).not.toContain('override')
  })
})
