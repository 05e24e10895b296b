import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/domain/mode.js'
import type { GateLevel } from '../../src/domain/plan.js'
import type { Answer, Question } from '../../src/domain/question.js'
import { createAnswerer } from '../../src/runtime/answerer.js'
import { type Answers, NO_ANSWERS } from '../../src/runtime/answers.js'
import { DRY_RUN, LIVE, plan } from '../engine/histories.js'
import { jumpingClock } from './process.js'

const DRILL: Mode = { fleet: 'simulated', effects: 'applied' }

const question = (more: Partial<Question> = {}): Question => ({
  id: 'main:which#1:ask',
  kind: 'ask',
  step: 'which',
  visit: 1,
  title: 'Which?',
  text: 'Which?',
  options: [
    { key: 'left', label: 'Left', recommended: false },
    { key: 'right', label: 'Right', recommended: true },
  ],
  verbs: [],
  ...more,
})

const gateAt = (level: GateLevel, digest = 'd'.repeat(64)): Question =>
  question({
    kind: 'gate',
    step: 'mend',
    options: [
      ...(level === 'refused' ? [] : [{ key: 'approve', label: 'Do it', recommended: true }]),
      { key: 'decline', label: 'Do not', recommended: level === 'refused' },
    ],
    gate: { level, reasons: [], plan: plan({ digest, confirm: 'c1 2' }) },
    ...(level === 'typed' ? { type: { option: 'approve', word: 'c1 2' } } : {}),
  })

type Setting = { readonly answers?: Partial<Answers>; readonly auto?: boolean; readonly mode?: Mode }

const asking = ({ answers = {}, auto = false, mode = LIVE }: Setting) => {
  const clock = jumpingClock()
  const asked: Question[] = []
  const answer = createAnswerer({
    answers: { ...NO_ANSWERS, ...answers },
    auto,
    mode,
    clock,
    ask: async one => {
      asked.push(one)
      return { option: 'left', by: 'operator' }
    },
  })
  const { signal } = new AbortController()
  return { answer: (one: Question, nth = 0) => answer(one, { nth, signal }), asked, clock }
}

const said = (setting: Setting, one: Question): Promise<Answer | undefined> => asking(setting).answer(one)

describe('an answers file', () => {
  it('answers a step, by its choice', async () => {
    expect(await said({ answers: { answers: { which: 'left' } } }, question())).toEqual({
      option: 'left',
      by: 'answers',
    })
  })

  it('answers one visit after the other, and leaves further visits to the operator', async () => {
    const setting = { answers: { answers: { which: ['right', 'left'] } } }
    const nextAfter = (nth: number) => asking(setting).answer(question(), nth)
    expect(await nextAfter(0)).toEqual({ option: 'right', by: 'answers' })
    expect(await nextAfter(1)).toEqual({ option: 'left', by: 'answers' })
    expect(await nextAfter(2)).toEqual({ option: 'left', by: 'operator' })
  })

  it('answers what is done by hand', async () => {
    const manual = question({ kind: 'manual', options: [{ key: 'done', label: '', recommended: true }] })
    expect(await said({ answers: { answers: { which: 'done' } } }, manual)).toEqual({
      option: 'done',
      by: 'answers',
    })
  })

  it.each(['failed', 'inconclusive', 'interrupted', 'in-doubt'] as const)(
    'does not answer a question of the engine about the same step: %s',
    async kind => {
      const answered = await said({ answers: { answers: { which: 'right' } } }, question({ kind }))
      expect(answered?.by).toBe('operator')
    },
  )

  it('does not answer with what is not offered', async () => {
    expect((await said({ answers: { answers: { which: 'up' } } }, question()))?.by).toBe('operator')
  })

  it.each(['constructor', '__proto__', 'toString'])(
    'does not mistake the step %s for an answer',
    async step => {
      expect((await said({}, question({ step })))?.by).toBe('operator')
      expect((await said({}, { ...gateAt('operator'), step }))?.by).toBe('operator')
    },
  )

  it('passes a gate by the exact digest', async () => {
    const answers = { gates: { mend: { approve: 'd'.repeat(64) } } }
    expect(await said({ answers }, gateAt('operator'))).toEqual({ option: 'approve', by: 'answers' })
    expect((await said({ answers }, gateAt('operator', 'e'.repeat(64))))?.by).toBe('operator')
    const short = { gates: { mend: { approve: 'd'.repeat(12) } } }
    expect((await said({ answers: short }, gateAt('operator')))?.by).toBe('operator')
  })

  it('passes a typed gate by the digest too: whoever copied it has read the plan', async () => {
    const answers = { gates: { mend: { approve: 'd'.repeat(64) } } }
    expect(await said({ answers }, gateAt('typed'))).toEqual({
      option: 'approve',
      by: 'answers',
      typed: 'c1 2',
    })
  })

  it('declines a gate whatever its plan is, also where all is recommended', async () => {
    const answers = { gates: { mend: 'decline' as const } }
    for (const auto of [false, true])
      expect(await said({ answers, auto, mode: DRILL }, gateAt('operator'))).toEqual({
        option: 'decline',
        by: 'answers',
      })
  })

  it('comes before what is recommended', async () => {
    const answers = { answers: { which: 'left' } }
    expect(await said({ answers, auto: true, mode: DRILL }, question())).toEqual({
      option: 'left',
      by: 'answers',
    })
  })
})

describe('--auto', () => {
  const AUTO = { auto: true, mode: DRILL }

  it('takes what is recommended, and says that it did', async () => {
    expect(await said(AUTO, question())).toEqual({ option: 'right', by: 'auto' })
  })

  it('types what a typed gate asks for', async () => {
    expect(await said(AUTO, gateAt('typed'))).toEqual({ option: 'approve', by: 'auto', typed: 'c1 2' })
  })

  it('never passes a gate that asks for a second person', async () => {
    const { answer, asked } = asking(AUTO)
    expect(await answer(gateAt('peer'))).toBeUndefined()
    expect(asked).toEqual([])
  })

  it('never overrides a guardrail: it declines', async () => {
    expect(await said(AUTO, gateAt('refused'))).toEqual({ option: 'decline', by: 'auto' })
  })

  it('answers nothing where nothing is recommended, and asks nobody', async () => {
    const { answer, asked } = asking(AUTO)
    const unsure = question({ options: [{ key: 'left', label: '', recommended: false }] })
    expect(await answer(unsure)).toBeUndefined()
    expect(asked).toEqual([])
  })
})

describe('the virtual time of an answer', () => {
  it.each<[string, Setting, Question, number[]]>([
    ['15 s for a choice of --auto in a drill', { auto: true, mode: DRILL }, question(), [15_000]],
    ['30 s where a word is typed', { auto: true, mode: DRILL }, gateAt('typed'), [30_000]],
    [
      '15 s for a choice of an answers file in a drill',
      { answers: { answers: { which: 'left' } }, mode: DRILL },
      question(),
      [15_000],
    ],
    ['nothing on a real fleet', { auto: true, mode: DRY_RUN }, question(), []],
    ['nothing for a person: they take their own time', { mode: DRILL }, question(), []],
    ['nothing where nobody answers', { auto: true, mode: DRILL }, gateAt('peer'), []],
  ])('is %s', async (_what, setting, one, slept) => {
    const { answer, clock } = asking(setting)
    await answer(one)
    expect(clock.slept).toEqual(slept)
  })
})

describe('nobody', () => {
  it('answers nothing', async () => {
    const answer = createAnswerer({
      answers: NO_ANSWERS,
      auto: false,
      mode: LIVE,
      clock: jumpingClock(),
      ask: undefined,
    })
    expect(await answer(question(), { nth: 0, signal: new AbortController().signal })).toBeUndefined()
  })
})
