import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadTests } from '../../src/testing/test-file.js'
import { action, ask, check, choice, end, runbook } from '../engine/histories.js'

const written = (text: string): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-tests-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const file = path.join(dir, 'a.test.yaml')
  writeFileSync(file, text)
  return file
}

const GOOD = `runbook: a-runbook
cases:
  - name: one
    scenario: s
    seed: 3
    answers: { sure: [no, yes] }
    gates: { mend: decline }
    expect:
      outcome: resolved
      steps: { look: passed }
      score: { minutes: { max: 5 } }
`

/** Findings of the file and of its fit, as `line:column rule message`. */
const findings = async (text: string): Promise<string[]> => {
  const { diagnostics, against } = await loadTests(written(text))
  const book = runbook(check('look'), action('mend'), ask('sure', choice('no'), choice('yes')), end('over'))
  return [...diagnostics, ...against({ runbook: book, measures: ['minutes'] })].map(
    ({ line, column, rule, message }) => `${line}:${column} ${rule} ${message}`,
  )
}

describe('a test file', () => {
  it('gives its cases, with what is answered as in an answers file', async () => {
    const { tests, diagnostics } = await loadTests(written(GOOD))
    expect(diagnostics).toEqual([])
    expect(tests).toMatchObject({
      runbook: 'a-runbook',
      cases: [
        {
          name: 'one',
          seed: 3,
          answers: { inputs: {}, answers: { sure: ['no', 'yes'] }, gates: { mend: 'decline' }, decisions: {} },
          expect: { outcome: 'resolved', steps: { look: 'passed' }, score: { minutes: { max: 5 } } },
        },
      ],
    })
    expect(await findings(GOOD)).toEqual([])
  })

  it.each([
    ['look: passed', 'lok: passed', '10:16 test-unknown-name `lok` is not a step of a-runbook'],
    ['minutes: {', 'minuts: {', '11:16 test-unknown-name `minuts` is not a measure of a drill'],
    ['outcome: resolved', 'outcome: resolvd', /^9:16 \S+ .*resolved/],
    ['look: passed', 'look: perfect', /^10:22 /],
    ['seed: 3', 'seed: 0', /^5:11 /],
    ['scenario: s', 'scenari: s', /^4:5 unknown-key /],
    ['gates: { mend: decline }', 'gates: { mend: sure }', /^7:20 .*decline/],
  ])('with %j written as %j says so there', async (right, wrong, finding) => {
    expect(await findings(GOOD.replace(right, wrong))).toEqual([
      typeof finding === 'string' ? finding : expect.stringMatching(finding),
    ])
  })

  it('may not call two cases the same', async () => {
    const [head = '', one = ''] = GOOD.split(/(?<=cases:\n)/)
    expect(await findings(`${head}${one}${one}`)).toEqual([
      '12:11 test-same-name another case is called "one" already',
    ])
  })
})
