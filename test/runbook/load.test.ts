import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lintRunbooks } from '../../src/runbook/lint.js'
import { loadRunbook } from '../../src/runbook/load.js'
import { catalogue, parse, runbookOf, survey } from './catalogue.js'

const SHIPPED = new URL('../../runbooks/proxy-connection-surge.yaml', import.meta.url).pathname

test('the shipped runbook loads without any finding', async () => {
  const { runbook, diagnostics } = await loadRunbook(SHIPPED, catalogue)
  expect(diagnostics).toEqual([])
  expect(runbook?.steps.map(({ id, kind, phase }) => `${phase}/${id}:${kind}`)).toEqual([
    'Assess/survey:check',
    'Assess/reach:branch',
    'Mitigate/replace:action',
    'Close/calm:ask',
    'Close/pause:wait',
    'Close/look_again:goto',
    'Escalate/stuck:ask',
  ])
})

test('its hash is that of the bytes of the file', async () => {
  const { runbook } = await loadRunbook(SHIPPED, catalogue)
  expect(runbook?.hash).toBe(
    createHash('sha256')
      .update(await readFile(SHIPPED))
      .digest('hex'),
  )
  const marked = runbookOf('- id: a\n  wait: 1s')
  expect(parse(marked).runbook?.hash).not.toBe(parse(`\uFEFF${marked}`).runbook?.hash)
})

test('it survives the journal: it is JSON', async () => {
  const { runbook } = await loadRunbook(SHIPPED, catalogue)
  expect(JSON.parse(JSON.stringify(runbook))).toEqual(runbook)
})

test('every key of a step is read, and what is left out has its default', () => {
  const { runbook, diagnostics } = parse(
    runbookOf(`${survey('  title: T\n  why: W\n  when: inputs.sure\n  expect: true\n')}- id: act
  action: proxy.replace
  approve: typed
  with: { proxies: "\${{ steps.survey.worst }}" }
  when: inputs.sure
  verify: { again: survey, hold: 60s, within: 1h30m }
  limit: { visits: 2, then: asked }
  on_failure: undo
- id: asked
  ask: Is \${{ inputs.cluster }} fine?
  choices:
    yes: { label: Yes, recommended: true, end: mitigated }
    1: { label: "More \${{ inputs.count }}", reset: act, goto: survey }
    no: { label: No }`),
  )
  expect(diagnostics).toEqual([])
  const [first, second, third] = runbook?.steps ?? []
  expect(first).toEqual({
    id: 'survey',
    kind: 'check',
    at: { line: 9, column: 3 },
    title: 'T',
    why: 'W',
    when: 'inputs.sure',
    check: 'proxy.connections',
    with: { cluster: { cel: 'inputs.cluster' } },
    expect: 'true',
    onFailure: { do: 'ask' },
    onInconclusive: { do: 'ask' },
  })
  expect(second).toMatchObject({
    approve: 'typed',
    with: { proxies: { cel: 'steps.survey.worst' } },
    verify: { again: 'survey', hold: 60_000, within: 5_400_000, every: 15_000 },
    limit: { visits: 2, then: 'asked' },
    onFailure: { do: 'undo' },
  })
  expect(third).toMatchObject({
    ask: { text: ['Is ', { cel: 'inputs.cluster' }, ' fine?'] },
    choices: expect.arrayContaining([
      { key: 'yes', label: { literal: 'Yes' }, recommended: true, end: 'mitigated' },
      {
        key: '1',
        label: { text: ['More ', { cel: 'inputs.count' }] },
        recommended: false,
        reset: 'act',
        goto: 'survey',
      },
    ]),
  })
  expect(runbook?.inputs.patience).toEqual({ type: 'duration', default: '5m' })
})

test('lint gives the findings of all files in order, as plain data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-lint-'))
  const [one, two, gone] = ['1.yaml', '2.yaml', '3.yaml'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(one, runbookOf('- id: a\n  wait: 5'))
  await writeFile(two, runbookOf('- id: a\n  waite: 5s'))
  const { report, sources } = await lintRunbooks([gone, two, one], catalogue)
  await rm(folder, { recursive: true })
  expect(report.v).toBe(1)
  expect(report.findings.map(({ file, rule }) => [file, rule])).toEqual([
    [one, 'wrong-type'],
    [two, 'unknown-kind'],
    [gone, 'file-missing'],
  ])
  expect(Object.keys(report.findings[1] ?? {}).sort()).toEqual([
    'column',
    'endColumn',
    'endLine',
    'file',
    'line',
    'message',
    'rule',
    'severity',
    'suggestion',
  ])
  expect(sources.get(one)).toContain('wait: 5')
})

test('lint finds a name that two runbooks share', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firebreak-lint-'))
  const files = ['1.yaml', '2.yaml'].map(name => join(folder, name))
  for (const file of files) await writeFile(file, runbookOf('- id: a\n  wait: 5s'))
  const { report } = await lintRunbooks(files, catalogue)
  await rm(folder, { recursive: true })
  const found = report.findings.filter(({ rule }) => rule !== 'unused-input')
  expect(found).toMatchObject([{ rule: 'duplicate-runbook', file: files[1], line: 1, column: 1 }])
})
