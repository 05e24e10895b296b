import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { actions } from '../../src/actions/registry.js'
import { checks } from '../../src/checks/registry.js'
import { docs } from '../../src/commands/docs.js'
import type { Io } from '../../src/commands/support/io.js'
import { FORMATS } from '../../src/commands/support/lint/report.js'
import { ALL_RULES } from '../../src/commands/support/lint/rules.js'
import { STEP_KIND } from '../../src/domain/runbook.js'
import { type Material, referenceOf } from '../../src/runbook/reference.js'
import { HEADER_SCHEMA, INPUT_SCHEMA, STEP_SCHEMAS } from '../../src/runbook/schema.js'
import { CASE } from '../../src/testing/schema.js'

const printed = async (): Promise<string> => {
  const out = new PassThrough()
  expect(await docs({ out } as unknown as Io)).toBe(0)
  return String(out.read())
}

const TEXT = await printed()

type Line = { readonly text: string; readonly isHeading: boolean }

/** Its lines; a `#` in a fenced block is no heading. */
const linesOf = (text: string): readonly Line[] => {
  let fence: string | undefined
  return text.split('\n').map(line => {
    const [ticks] = /^`{3,}/.exec(line) ?? []
    const isHeading = fence === undefined && /^#{1,6} /.test(line)
    if (ticks !== undefined) fence = fence === undefined ? ticks : fence === ticks ? undefined : fence
    return { text: line, isHeading }
  })
}

/** What stands under a heading, up to the next of its level or above. */
const under = (heading: string, text = TEXT): string => {
  const level = heading.indexOf(' ')
  const lines = linesOf(text)
  const at = lines.findIndex(line => line.isHeading && line.text === heading)
  expect(at, heading).toBeGreaterThanOrEqual(0)
  const after = lines.slice(at + 1)
  const end = after.findIndex(line => line.isHeading && line.text.indexOf(' ') <= level)
  return after
    .slice(0, end === -1 ? undefined : end)
    .map(line => line.text)
    .join('\n')
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim())

/** Cells of the row that begins with that key. */
const rowOf = (part: string, key: string): readonly string[] => {
  const rows = part.split('\n').filter(line => line.startsWith(`| \`${key}\` |`))
  expect(rows, key).toHaveLength(1)
  return cellsOf(rows[0]!)
}

const keysOf = ({ shape }: { shape: object }): string[] => Object.keys(shape)

describe('each step kind', () => {
  const common = under('### Keys of every step')

  it.each(Object.entries(STEP_SCHEMAS))('%s is there with each of its keys', (kind, schema) => {
    const own = under(`### \`${kind}\``)
    for (const key of keysOf(schema)) rowOf(`${common}\n${own}`, key)
  })

  it('has the keys of every step in one place only', () => {
    const keys = [...common.matchAll(/^\| `([^`]*)` \|/gm)].map(([, key]) => key)
    expect(keys).toEqual(['id', 'title', 'why', 'when', 'limit', 'limit.visits', 'limit.then'])
  })

  it('is run by this version', () => {
    expect(Object.keys(STEP_SCHEMAS).sort()).toEqual(Object.keys(STEP_KIND).sort())
    expect(TEXT).not.toMatch(/not in this version/i)
  })
})

it('the file and its inputs are there with each of their keys', () => {
  for (const key of keysOf(HEADER_SCHEMA)) rowOf(under('## The file').split('###')[0]!, key)
  for (const key of keysOf(INPUT_SCHEMA)) rowOf(under('### Inputs'), key)
  rowOf(under('### Phases'), 'phase')
})

describe.each([
  ['check', checks],
  ['action', actions],
])('each %s', (_kind, registry) => {
  it.each(Object.entries(registry))('%s is there with each of its keys', (name, { summary, input, output }) => {
    const part = under(`### \`${name}\``)
    expect(part).toContain(summary)
    const [taken, given] = part.split('#### Output')
    for (const key of keysOf(input)) expect(rowOf(taken!, key)).toHaveLength(5)
    for (const key of keysOf(output)) expect(rowOf(given!, key)).toHaveLength(3)
  })
})

it.each(Object.entries(actions))('%s says which permissions and what it needs', (name, spec) => {
  const part = under(`### \`${name}\``)
  for (const word of [...spec.permissions, ...spec.needs]) expect(part).toContain(`\`${word}\``)
  if (spec.permissions.length === 0) expect(part).toContain('IAM permissions: none.')
  if (spec.needs.length === 0) expect(part).toContain('Needs: no control plane.')
})

describe('a row says', () => {
  it.each([
    ['### `action`', 'verify.hold', ['duration', 'no', '`0s`']],
    ['### `action`', 'verify.every', ['duration', 'no', '`15s`']],
    ['### `action`', 'verify.within', ['duration', 'yes', '']],
    ['### `action`', 'on_failure', ['`ask`, `continue`, `undo`, `abort` or `{ goto }`', 'no', '`ask`']],
    ['### `action`', 'approve', ['`operator` or `typed`', 'no', '']],
    ['### `check`', 'expect', ['expression', 'no', '']],
    ['### `check`', 'retry', ['`{ times, every? }`', 'no', '']],
    ['### `check`', 'retry.times', ['whole number (1 to 100)', 'yes', '']],
    ['### `check`', 'retry.every', ['duration', 'no', '`10s`']],
    ['### `action`', 'timeout', ['duration', 'no', '']],
    ['### `wait`', 'wait', ['duration or `{ until, again?, every?, within }`', 'yes', '']],
    ['### `wait`', 'wait.until', ['expression', 'yes', '']],
    ['### `wait`', 'wait.every', ['duration', 'no', '`15s`']],
    ['### `parallel`', 'parallel', ['map of list of steps, at least 1', 'yes', '']],
    ['### `each`', 'as', ['text', 'no', '`item`']],
    ['### `each`', 'steps', ['list of steps, at least 1', 'yes', '']],
    ['### `each`', 'max_parallel', ['whole number (at least 1)', 'no', '`1`']],
    ['### `ask`', 'choices.<key>.run', ['text', 'no', '']],
    ['### `ask`', 'choices.<key>.recommended', ['boolean', 'no', '`false`']],
    ['### `branch`', 'branch[].if', ['expression', 'no', '']],
    ['### Keys of every step', 'limit.visits', ['whole number (at least 1)', 'yes', '']],
    ['### `command.run`', 'timeout', ['duration', 'no', '`60s`']],
    ['### `command.run`', 'argv', ['list of text, at least 1', 'yes', '']],
    ['### `http.request`', 'expect_status', ['list of whole number (200 to 599), at least 1', 'no', '']],
    ['### `http.request`', 'headers', ['map of text or `{ secret, prefix? }`', 'no', '']],
  ])('under %s what %s is', (heading, key, cells) => {
    expect(rowOf(under(heading), key).slice(1, 4)).toEqual(cells)
  })

  it('what it is for, at every key of a step that this version runs', () => {
    const steps = under('## Steps').split('\n')
    const rows = steps.filter(line => line.startsWith('| `'))
    expect(rows.length).toBeGreaterThan(30)
    for (const row of rows) expect(cellsOf(row).at(-1), row).not.toBe('')
  })
})

describe('the Markdown', () => {
  const odd: Material = {
    checks: {},
    actions: {
      odd: {
        name: 'odd',
        summary: 'Takes | and <b>\nand more',
        input: z.strictObject({
          'a|b': z.enum(['x|y', 'z']).default('x|y').describe('left | right\nbelow'),
          any: z.unknown().optional(),
        }),
        output: z.object({}),
        needs: [],
        permissions: [],
        irreversible: { unless: 'any' },
      },
    },
    rules: {
      'hot-loop': {
        severity: 'error',
        summary: 'a | b',
        why: 'It would spin.',
        bad: '```\nx: 1',
        good: 'x: 2',
      },
    },
  }

  it.each([
    ['as shipped', TEXT],
    ['of odd names', referenceOf(odd)],
  ])('has well-formed tables, and nothing that was not put in words: %s', (_name, text) => {
    expect(text).not.toMatch(/undefined|\[object Object\]|NaN|function \(|=>/)
    const tables = text.split('\n\n').filter(block => block.startsWith('|'))
    expect(tables.length).toBeGreaterThan(3)
    for (const [head, rule, ...rows] of tables.map(block => block.trimEnd().split('\n'))) {
      const width = cellsOf(head!).length
      expect(cellsOf(rule!)).toEqual(Array(width).fill('---'))
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        expect(row).toMatch(/^\|.*\|$/)
        expect(cellsOf(row), row).toHaveLength(width)
      }
    }
  })

  it('has every rule of lint, with an example of what it finds and of how it is right', () => {
    const rules = under('## Lint rules')
    for (const [id, { severity, bad, good }] of Object.entries(ALL_RULES)) {
      expect(rowOf(rules, id)[1]).toBe(severity)
      const own = under(`### \`${id}\``)
      expect(own).toContain(bad)
      expect(own).toContain(good)
    }
    expect(rowOf(under('## Lint rules', referenceOf(odd)), 'hot-loop').slice(1)).toEqual(['error', 'a \\| b'])
  })

  it('fences an excerpt that has a fence in it with a longer one', () => {
    expect(under('### `hot-loop`', referenceOf(odd))).toContain('````yaml\n```\nx: 1\n````')
  })

  it('shows every format of findings as lint prints it', () => {
    const json = under('### `--format json`').split('```json\n')[1]!.split('\n```')[0]!
    expect(JSON.parse(json)).toMatchObject({
      v: 1,
      findings: [{ rule: 'expression-unknown-field', line: 11, column: 43 }],
    })
    for (const format of FORMATS)
      expect(under(`### \`--format ${format}\``)).toContain('there is no field `worts` here')
  })

  it('has the keys of a file of tests', () => {
    for (const key of Object.keys(CASE.shape)) rowOf(under('### A case'), key)
  })

  it('says whether there is a way back', () => {
    expect(under('### `proxy.replace`')).toContain('Undo: it can be taken back.')
    expect(referenceOf(odd)).toContain('Undo: only where `any` is given.')
  })

  it('has every heading once at its place', () => {
    const heads = linesOf(TEXT).flatMap(line =>
      line.isHeading && !line.text.startsWith('####') ? [line.text] : [],
    )
    expect(new Set(heads).size).toBe(heads.length)
  })
})

describe('the section of expressions', () => {
  const part = under('## Expressions')

  it.each([
    'inputs.name',
    'result',
    'outcome("id")',
    'visits("id")',
    'posture',
    'impact',
    'elapsed',
    'mode.fleet',
    'mode.effects',
    'has(steps.id.field)',
  ])('has a row for %s', name => {
    expect(rowOf(part, name)[1]).not.toBe('')
  })

  it.each(Object.values(STEP_KIND))('says how a %s step can end', kind => {
    expect(rowOf(part, kind)[1]).toMatch(/`(done|passed|applied|answered)`/)
  })

  it('says what an expression may look at from outside an `each`', () => {
    expect(part).toContain('steps.many.items.filter(one, has(one.look))')
    expect(part).toContain('`title`, `why` and `to` take no expressions')
  })
})
