import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { actions } from '../../src/actions/registry.js'
import { checks } from '../../src/checks/registry.js'
import { docs } from '../../src/commands/docs.js'
import type { Io } from '../../src/commands/support/io.js'
import { STEP_KIND } from '../../src/domain/runbook.js'
import { type Material, referenceOf } from '../../src/runbook/reference.js'
import { RULES } from '../../src/runbook/rules.js'
import { HEADER_SCHEMA, INPUT_SCHEMA, STEP_SCHEMAS } from '../../src/runbook/schema.js'

const printed = (): string => {
  const out = new PassThrough()
  expect(docs({ out } as unknown as Io)).toBe(0)
  return String(out.read())
}

const TEXT = printed()

/** What stands under a heading, up to the next of its level or above. */
const under = (heading: string, text = TEXT): string => {
  const level = heading.indexOf(' ')
  const [, after] = text.split(`\n${heading}\n`)
  expect(after, heading).toBeDefined()
  return after!.split(new RegExp(`^#{1,${level}} `, 'm'))[0]!
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
    rules: [{ id: 'hot-loop', severity: 'error', summary: 'a | b' }],
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

  it('has every rule of lint', () => {
    const rules = under('## Lint rules')
    for (const [id, { severity }] of Object.entries(RULES)) expect(rowOf(rules, id)[1]).toBe(severity)
    expect(rowOf(under('## Lint rules', referenceOf(odd)), 'hot-loop').slice(1)).toEqual(['error', 'a \\| b'])
  })

  it('says whether there is a way back', () => {
    expect(under('### `proxy.replace`')).toContain('Undo: it can be taken back.')
    expect(referenceOf(odd)).toContain('Undo: only where `any` is given.')
  })

  it('has every heading once at its place', () => {
    const heads = [...TEXT.matchAll(/^#{1,3} (.*)$/gm)].map(([line]) => line)
    expect(new Set(heads).size).toBe(heads.length)
  })
})
