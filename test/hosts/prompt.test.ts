import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/domain/question.js'
import { HOST_VERB, matching } from '../../src/hosts/lines/matching.js'
import { prompt } from '../../src/hosts/lines/prompt.js'
import { asked, option, terminalOn } from './asked.js'
import { testStreams } from './streams.js'

const optionsOnly = (...keys: string[]) => ({ options: keys.map(option), verbs: [] })
const GATE = optionsOnly('approve', 'decline')
const HOST_KEYS: readonly string[] = Object.values(HOST_VERB)
const MANY = optionsOnly('retry', 'reset', 'undo', 'undo_all')

describe('what is typed at a question', () => {
  it.each([
    ['approve', 'approve'],
    ['a', 'approve'],
    ['dec', 'decline'],
    ['A', 'approve'],
    ['DeCl', 'decline'],
    ['  approve  ', 'approve'],
  ])('%j means %s', (text, value) => {
    expect(matching(GATE, text)).toEqual({ value })
  })

  it.each(['', ' ', '\t', '\n'])('a bare Enter (%j) decides nothing, and is told what can be typed', text => {
    expect(matching(GATE, text)).toBe('Type one of: approve, decline. Enter alone decides nothing.')
  })

  it.each(['z', 'approved', 'approve decline', 'y', 'yes', '1', '\u001b[A', 'app rove'])(
    'garbage (%j) is none of them',
    text => {
      expect(matching(GATE, text)).toBe(
        `"${text.trim()}" is none of: approve, decline. ? shows all that can be typed.`,
      )
    },
  )

  it('a beginning that two share asks for more', () => {
    expect(matching(MANY, 're')).toBe('re may mean retry or reset. Type more of it.')
    expect(matching(MANY, 'ret')).toEqual({ value: 'retry' })
  })

  it('a whole key is that key, though another begins with it', () => {
    expect(matching(MANY, 'undo')).toEqual({ value: 'undo' })
    expect(matching(MANY, 'undo_')).toEqual({ value: 'undo_all' })
  })

  it('a recommended option is not what Enter means', () => {
    expect(typeof matching({ options: [{ ...option('approve'), recommended: true }], verbs: [] }, '')).toBe(
      'string',
    )
  })

  it('never means anything but an option that begins with it', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const meant = matching(MANY, text)
        if (typeof meant === 'string' || HOST_KEYS.includes(meant.value)) return
        expect(text.trim()).not.toBe('')
        expect(meant.value.startsWith(text.trim().toLowerCase())).toBe(true)
      }),
    )
  })
})

const QUESTION: Question = {
  id: 'main:mend#1:gate',
  kind: 'gate',
  step: 'mend',
  visit: 1,
  title: 'Replace the worst proxy',
  text: 'Carry out this plan?',
  ...GATE,
}

const ASKED = 'approve / decline (? for more):'
const TYPED: Question = { ...QUESTION, type: { option: 'approve', word: 'c1 6' } }
const TYPE_IT = 'Type c1 6 to confirm:'

describe('a question at a terminal without colours', () => {
  it('shows title, text and every option, on stderr alone', async () => {
    const { said } = await asked(QUESTION, [ASKED, 'approve'])
    for (const text of [QUESTION.title, QUESTION.text, 'approve', 'decline']) expect(said.err()).toContain(text)
    expect(said.out()).toBe('')
  })

  it('gives the option, by the operator', async () => {
    expect((await asked(QUESTION, [ASKED, 'dec'])).answer).toEqual({ option: 'decline', by: 'operator' })
  })

  it('is asked again after a bare Enter', async () => {
    const { answer } = await asked(QUESTION, [ASKED, ''], ['Enter alone decides nothing', 'approve'])
    expect(answer).toEqual({ option: 'approve', by: 'operator' })
  })

  it('wants the word typed where the plan asks for it, and takes no other', async () => {
    const { answer } = await asked(TYPED, [ASKED, 'approve'], [TYPE_IT, 'c1'], ['That is not c1 6', 'c1 6'])
    expect(answer).toEqual({ option: 'approve', by: 'operator', typed: 'c1 6' })
  })

  it('wants no word typed to decline', async () => {
    const { answer } = await asked(TYPED, [ASKED, 'decline'])
    expect(answer).toEqual({ option: 'decline', by: 'operator' })
  })

  it('is not answered when its input ends', async () => {
    const streams = testStreams()
    const answer = prompt(terminalOn(streams), QUESTION, new AbortController().signal)
    ;(streams.input as unknown as NodeJS.WritableStream).end()
    expect(await answer).toBeUndefined()
  })

  it('is not answered when it is called off', async () => {
    const streams = testStreams()
    const off = new AbortController()
    const answer = prompt(terminalOn(streams), QUESTION, off.signal)
    off.abort()
    expect(await answer).toBeUndefined()
  })
})
