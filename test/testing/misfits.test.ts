import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Runbook } from '../../src/domain/runbook.js'
import type { Around } from '../../src/testing/misfits.js'
import { TEST_RULES } from '../../src/testing/rules.js'
import { loadTests } from '../../src/testing/test-file.js'
import { action, ask, check, choice, end, manual, runbook } from '../engine/histories.js'
import { parallel } from './nested.js'

const BOOK: Runbook = {
  ...runbook(
    check('survey'),
    parallel('both', { left: [action('replace')], right: [ask('calm', choice('yes'), choice('watch'))] }),
    manual('call'),
    end('over'),
  ),
  name: 'surge',
  inputs: { cluster: { type: 'cluster' } },
}

const AROUND: Around = {
  runbooks: ['surge', 'other'],
  scenarios: ['one-hot-proxy'],
  measures: ['minutes'],
  runbook: BOOK,
}

const GOOD = `runbook: surge
cases:
  - name: one
    scenario: one-hot-proxy
    seed: 3
    inputs: { cluster: c1 }
    answers: { calm: [watch, yes], call: cannot }
    gates: { replace: decline, undo: decline }
    decisions: { survey: continue }
    expect:
      outcome: resolved
      steps: { survey: passed, replace: applied }
      score: { minutes: 5 }
`

const found = async (text: string, around = AROUND) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-tests-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const file = path.join(dir, 'a.test.yaml')
  writeFileSync(file, text)
  const { diagnostics, against } = await loadTests(file)
  return [...diagnostics, ...against(around)]
}

const wordsOf = async (text: string, around = AROUND): Promise<string[]> =>
  (await found(text, around)).map(
    ({ line, column, rule, message, suggestion }) => `${line}:${column} ${rule} ${message}; ${suggestion}`,
  )

describe('what a test file names and there is not', () => {
  it('is nothing where all of it is there, in steps inside others, too', async () => {
    expect(await wordsOf(GOOD)).toEqual([])
  })

  it.each([
    ['runbook: surge', 'runbook: surg', '1:10', '`surg` is not a runbook', 'did you mean `surge`?'],
    [
      'one-hot-proxy',
      'one-hot-prxy',
      '4:15',
      '`one-hot-prxy` is not a scenario',
      'did you mean `one-hot-proxy`?',
    ],
    ['cluster: c1', 'clutser: c1', '6:15', '`clutser` is not an input of surge', 'did you mean `cluster`?'],
    ['calm: [', 'clam: [', '7:16', '`clam` is not a step of surge', 'did you mean `calm`?'],
    ['[watch, yes]', '[watch, yess]', '7:30', '`yess` is not a choice of calm', 'did you mean `yes`?'],
    ['[watch, yes]', 'later', '7:22', '`later` is not a choice of calm', 'there are: yes, watch'],
    ['cannot', 'canot', '7:42', '`canot` is not a choice of call', 'did you mean `cannot`?'],
    [
      'replace: decline',
      'replce: decline',
      '8:14',
      '`replce` is not a step of surge',
      'did you mean `replace`?',
    ],
    ['survey: continue', 'survy: continue', '9:18', '`survy` is not a step of surge', 'did you mean `survey`?'],
    [
      'replace: applied',
      'replac: applied',
      '12:32',
      '`replac` is not a step of surge',
      'did you mean `replace`?',
    ],
    ['minutes: 5', 'hours: 5', '13:16', '`hours` is not a measure of a drill', 'there are: minutes'],
  ])('%j written as %j is told there, and what would be right', async (right, wrong, at, message, help) => {
    expect(await wordsOf(GOOD.replace(right, wrong))).toEqual([`${at} test-unknown-name ${message}; ${help}`])
  })

  it('is told from the top, all of it at once', async () => {
    const text = GOOD.replace('survey: passed', 'survy: passed')
      .replace('one-hot-proxy', 'a')
      .replace('c1', 'c2')
    expect((await found(text)).map(({ line }) => line)).toEqual([4, 12])
  })

  it('is no step of a runbook that it leads to: those are answered here, and nothing is expected of them', async () => {
    const others = [runbook(ask('page', choice('now'), choice('later')), action('shift'), end('done_there'))]
    const answering = GOOD.replace('call: cannot', 'page: now').replace('replace: decline', 'shift: decline')
    expect(await wordsOf(answering, { ...AROUND, others })).toEqual([])
    expect(await wordsOf(answering.replace('page: now', 'page: soon'), { ...AROUND, others })).toEqual([
      '7:42 test-unknown-name `soon` is not a choice of page; there are: now, later',
    ])
    expect(await wordsOf(GOOD.replace('survey: passed', 'shift: applied'), { ...AROUND, others })).toHaveLength(
      1,
    )
  })

  it('is not guessed at where it is not known what there is, or the name is a path', async () => {
    expect(await wordsOf(GOOD.replace('survey: passed', 'survy: passed'), {})).toEqual([])
    expect(await wordsOf(GOOD.replace('runbook: surge', 'runbook: ./elsewhere/surge.yaml'))).toEqual([])
  })
})

describe('an answer where nothing is asked', () => {
  it.each([
    ['calm: [watch, yes]', 'survey: yes', '7:16', '`survey` is no ask or manual step, but check', 'calm, call'],
    ['replace: decline', 'calm: decline', '8:14', '`calm` is no action step, but ask', 'replace'],
  ])('%j written as %j is told at its step', async (right, wrong, at, message, fitting) => {
    expect(await wordsOf(GOOD.replace(right, wrong))).toEqual([
      `${at} test-misplaced-answer ${message}: nothing asks for this; there are: ${fitting}`,
    ])
  })
})

describe('a decision', () => {
  it.each([
    ['contniue', 'did you mean `continue`?'],
    ['[retry, skip]', 'there are: retry, continue, undo, abort, pass, fail, pause'],
    ['stop', 'there are: retry, continue, undo, abort, pass, fail, pause'],
    ['leave', 'there are: retry, continue, undo, abort, pass, fail, pause'],
  ])('%s, which no question about the step takes, is told at the word', async (words, help) => {
    const word = words.replace(/.*, |]/g, '')
    const column = words.startsWith('[') ? 34 : 26
    expect(await wordsOf(GOOD.replace('survey: continue', `survey: ${words}`))).toEqual([
      `9:${column} test-unknown-name \`${word}\` is not a decision about survey; ${help}`,
    ])
  })

  it('that other steps take is no slip for one that looks like it', async () => {
    const [told] = await wordsOf(GOOD.replace('survey: continue', 'call: pass'))
    expect(told).toContain('`pass` is not a decision about call; there are: retry,')
  })

  it.each(['survey: [retry, pass]', 'replace: [leave, stop]', 'both: undo', 'call: abort', 'undo: stop'])(
    '%s is one that can be asked for',
    async said => {
      expect(await wordsOf(GOOD.replace('survey: continue', said))).toEqual([])
    },
  )

  it.each([
    ['calm', 'ask'],
    ['over', 'end'],
  ])('about %s, which cannot fail, is misplaced', async (id, kind) => {
    expect(await wordsOf(GOOD.replace('survey: continue', `${id}: retry`))).toEqual([
      `9:18 test-misplaced-answer \`${id}\` is no check, action, manual, parallel, each, run or wait until step, but ${kind}: nothing asks for this; there are: survey, both, replace, call`,
    ])
  })
})

describe('a list of what there is', () => {
  it('has each name once, also where another runbook has it, too', async () => {
    const others = [runbook(manual('call'))]
    expect(await wordsOf(GOOD.replace('call: cannot', 'call: perhaps'), { ...AROUND, others })).toEqual([
      '7:42 test-unknown-name `perhaps` is not a choice of call; there are: done, cannot',
    ])
  })
})

describe('each rule of test files', () => {
  const CASE = GOOD.slice(0, GOOD.indexOf('    inputs:'))

  /** An excerpt of a file, with what it needs around it. */
  const whole = (excerpt: string): string => {
    if (excerpt.startsWith('cases:')) return `runbook: surge\n${excerpt}\n`
    return excerpt.startsWith('expect:')
      ? `${CASE}    ${excerpt}\n`
      : `${CASE}    ${excerpt}\n    expect: { outcome: resolved }\n`
  }

  /** Who knows the fleet has looked at the inputs already. */
  const aroundOf = (excerpt: string): Around =>
    excerpt.includes('us-east-c9')
      ? { ...AROUND, wrongInputs: [{ index: 0, name: 'cluster', message: 'no', next: 'give another' }] }
      : AROUND

  it.each(Object.entries(TEST_RULES))(
    '%s has an example that breaks it, and one that does not',
    async (id, rule) => {
      const broken = await found(whole(rule.bad), aroundOf(rule.bad))
      expect(broken.map(one => `${one.rule} ${one.severity}`)).toEqual([`${id} ${rule.severity}`])
      expect(await found(whole(rule.good))).toEqual([])
    },
  )
})
