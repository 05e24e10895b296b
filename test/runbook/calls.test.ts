import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { folderLibrary } from '../../src/runbook/library.js'
import { lintRunbooks } from '../../src/runbook/lint.js'
import { loadRunbook } from '../../src/runbook/load.js'
import { loadWithCalls } from '../../src/runbook/load-with-calls.js'
import { unmark } from '../source/marks.js'
import { catalogue } from './catalogue.js'

const INPUTS = `inputs:
  cluster: { type: cluster }
  count: { type: number, default: 3 }
  sure: { type: boolean, default: false }
  patience: { type: duration, default: 5m }
  way: { type: choice, options: [up, down], default: up }
`
const USED =
  '${{ inputs.cluster }} ${{ inputs.count }} ${{ inputs.sure }} ${{ inputs.patience }} ${{ inputs.way }}'

/** A runbook with every type of input, all of which it uses, around some steps. */
const runbook = (name: string, steps = ''): string =>
  `runbook: ${name}\ntitle: A\n${INPUTS}steps:\n- id: told\n  notify: ${USED}\n${steps}- id: over\n  end: resolved\n`

const CALLED = runbook('called')
const call = (given: string, name = 'called'): string => `- id: c\n  run: ${name}\n  with: ${given}\n`
const CLUSTER = 'cluster: c1'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'firebreak-calls-'))
})

const write = (name: string, text: string): string => {
  const file = path.join(dir, name)
  writeFileSync(file, text)
  return file
}

const linted = async (files: readonly string[], folders: readonly string[] = []) =>
  (await lintRunbooks(files, catalogue, { folders })).report.findings

describe('a call of another runbook is refused', () => {
  test.each([
    ['that there is not', call(`{ ${CLUSTER} }`, '«caled»'), 'unknown-runbook', /no runbook `caled`.*`called`/],
    [
      'with an input that it does not have',
      call('{ cluster: c1, «cuont»: 1 }'),
      'call-unknown-input',
      /`called` has no input `cuont`.*`count`/,
    ],
    [
      'without one that it needs',
      '- id: c\n  run: «called»\n',
      'call-missing-input',
      /needs the input `cluster`/,
    ],
    [
      'with a number that is text',
      call('{ cluster: c1, count: «many» }'),
      'call-type',
      /`count` must be a number/,
    ],
    [
      'with an expression of another type',
      call('{ cluster: c1, count: «"${{ inputs.cluster }}"» }'),
      'call-type',
      /`count` must be a number, and this is text/,
    ],
    [
      'with a number for text',
      call('{ cluster: «"${{ inputs.count }}"» }'),
      'call-type',
      /`cluster` must be text, and this is a number/,
    ],
    [
      'with text around an expression for what is true or false',
      call('{ cluster: c1, sure: «"is ${{ inputs.sure }}"» }'),
      'call-type',
      /`sure` must be true or false, and this is text/,
    ],
    [
      'with a duration that is none',
      call('{ cluster: c1, patience: «soon» }'),
      'call-type',
      /`patience` must be a duration/,
    ],
    [
      'with an option that there is not',
      call('{ cluster: c1, way: «left» }'),
      'call-type',
      /`way` must be one of up, down/,
    ],
    ['with a list', call('{ cluster: «["${{ inputs.cluster }}"]» }'), 'call-type', /this is a list/],
    [
      'that a choice hands over to',
      '- id: c\n  ask: x\n  choices: { y: { label: Y, recommended: true, run: «called» }, n: { label: N } }\n',
      'call-missing-input',
      /`cluster`/,
    ],
    [
      'from inside a step',
      '- id: many\n  each: [p]\n  steps:\n  - id: c\n    run: «called»\n',
      'call-missing-input',
      /`cluster`/,
    ],
  ])('%s', async (_name, steps, rule, says) => {
    const { text, ...place } = unmark(runbook('main', steps))
    const file = write('main.yaml', text)
    const findings = await linted([file, write('called.yaml', CALLED)])
    expect(findings).toMatchObject([{ rule, file, ...place }])
    expect(`${findings[0]?.message} ${findings[0]?.suggestion}`).toMatch(says)
  })
})

describe('a call fits', () => {
  test.each([
    ['with literals', call('{ cluster: c1, count: 5, sure: true, patience: 90s, way: down }')],
    [
      'with expressions of the right types',
      call(
        '{ cluster: "${{ inputs.cluster }}", count: "${{ inputs.count + 1 }}", sure: "${{ inputs.count > 3 }}", patience: "${{ inputs.patience }}", way: "${{ inputs.way }}" }',
      ),
    ],
    ['with text around an expression', call('{ cluster: "${{ inputs.cluster }}-b" }')],
    [
      'with an item of a list',
      '- id: many\n  each: [c1, c2]\n  steps:\n  - id: c\n    run: called\n    with: { cluster: "${{ item }}" }\n',
    ],
  ])('%s', async (_name, steps) => {
    expect(await linted([write('main.yaml', runbook('main', steps)), write('called.yaml', CALLED)])).toEqual([])
  })
})

describe('a called runbook is found', () => {
  const steps = call('{ cluster: c1 }')

  test('beside the file that calls it', async () => {
    write('called.yaml', CALLED)
    expect(await linted([write('main.yaml', runbook('main', steps))])).toEqual([])
  })

  test('in the folder of the runbooks', async () => {
    const folder = path.join(dir, 'others')
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'called.yaml'), CALLED)
    const file = write('main.yaml', runbook('main', steps))
    expect((await linted([file])).map(({ rule }) => rule)).toEqual(['unknown-runbook'])
    expect(await linted([file], [folder])).toEqual([])
  })

  test('where it has findings of its own, of which nobody asked', async () => {
    write('called.yaml', CALLED.replace('end: resolved', 'end: resolvd'))
    expect(await linted([write('main.yaml', runbook('main', steps))])).toEqual([])
  })
})

describe('runbooks that run each other', () => {
  const leading = (name: string, to: string) =>
    write(`${name}.yaml`, runbook(name, call('{ cluster: c1 }', to)))

  test('in a circle are a finding at the first call of it', async () => {
    const files = [leading('one', 'two'), leading('two', 'three'), leading('three', 'one')]
    const findings = await linted(files)
    expect(findings).toMatchObject([{ rule: 'call-circle', file: files[0], line: 13 }])
    expect(findings[0]?.message).toMatch(/`one` → `two` → `three` → `one`/)
  })

  test('and themselves are one too', async () => {
    expect(await linted([leading('one', 'one')])).toMatchObject([{ rule: 'call-circle' }])
  })

  test('through files that were not asked for are a finding in the one that was', async () => {
    leading('two', 'one')
    const file = leading('one', 'two')
    expect(await linted([file])).toMatchObject([{ rule: 'call-circle', file }])
  })

  test('may go round by handing over', async () => {
    const over = '- id: h\n  branch: [{ if: inputs.sure, run: one, with: { cluster: c1 } }, {}]\n'
    expect(await linted([leading('one', 'two'), write('two.yaml', runbook('two', over))])).toEqual([])
  })
})

describe('a runbook is loaded with all that it can lead to', () => {
  const load = async (file: string) =>
    loadWithCalls({ file, loaded: await loadRunbook(file, catalogue) }, folderLibrary([], catalogue))

  test('by steps, choices and branches, and what those lead to in their turn', async () => {
    write(
      'called.yaml',
      runbook('called', `- id: h\n  branch: [{ if: inputs.sure, run: last, with: { ${CLUSTER} } }, {}]\n`),
    )
    write('last.yaml', runbook('last'))
    write('apart.yaml', runbook('apart'))
    const { main, others, diagnostics } = await load(
      write('main.yaml', runbook('main', call(`{ ${CLUSTER} }`))),
    )
    expect(diagnostics).toEqual([])
    expect(main.runbook?.name).toBe('main')
    expect([...others].map(([name, { loaded }]) => [name, loaded.runbook?.name])).toEqual([
      ['called', 'called'],
      ['last', 'last'],
    ])
  })

  test('with the findings of each of them, and texts to show them in', async () => {
    const called = write('called.yaml', CALLED.replace('end: resolved', 'end: resolvd'))
    const file = write('main.yaml', runbook('main', `${call(`{ ${CLUSTER} }`)}- id: d\n  run: nowhere\n`))
    const { diagnostics, sources } = await load(file)
    expect(diagnostics.map(finding => [finding.file, finding.rule])).toEqual([
      [called, 'bad-value'],
      [file, 'unknown-runbook'],
    ])
    expect([...sources.keys()].sort()).toEqual([called, file])
  })

  test('once, where the others lead back to it', async () => {
    write(
      'called.yaml',
      runbook('called', `- id: h\n  branch: [{ if: inputs.sure, run: main, with: { ${CLUSTER} } }, {}]\n`),
    )
    const { others, diagnostics } = await load(write('main.yaml', runbook('main', call(`{ ${CLUSTER} }`))))
    expect(diagnostics).toEqual([])
    expect([...others.keys()]).toEqual(['called'])
  })
})
