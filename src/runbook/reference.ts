import type { ZodObject } from 'zod'
import { code, fenced, markdownTable, prose } from '../domain/markdown.js'
import { STEP_KIND, type StepKind } from '../domain/runbook.js'
import type { Catalogue } from './catalogue.js'
import { expressionParts } from './reference-expressions.js'
import type { Rules } from './rules/rule.js'
import { describedSchemas, STEP_SCHEMAS } from './schema.js'
import { type SchemaRow, schemaRows } from './schema-rows.js'

/** This module is loaded only where the words are read. */
const SCHEMAS = describedSchemas()

type Named<Entry> = { readonly [name: string]: Entry }
type Check = Catalogue['checks'][string]
type Action = Catalogue['actions'][string] & {
  readonly needs: readonly string[]
  readonly permissions: readonly string[]
}

/** What a reference is made of: the registries, and the rules of lint. */
export type Material = {
  readonly checks: Named<Check>
  readonly actions: Named<Action>
  readonly rules: Rules
}

/** The reference of the language and of what it can use, in Markdown, from the schemas themselves. */
export const referenceOf = ({ checks, actions, rules }: Material): string =>
  [
    ['# Reference', 'What a runbook can say. Made from the schemas that runbooks are checked against.'],
    languageParts(),
    expressionParts(),
    ['## Checks', 'They look at the world and never change it.', ...Object.values(checks).flatMap(checkParts)],
    [
      '## Actions',
      'They change the world, by a plan that is shown first.',
      ...Object.values(actions).flatMap(actionParts),
    ],
    ruleParts(rules),
  ]
    .flat()
    .map(part => `${part}\n`)
    .join('\n')

const languageParts = (): readonly string[] => [
  '## The file',
  keyTable(schemaRows(SCHEMAS.header, 'input')),
  '### Inputs',
  keyTable(schemaRows(SCHEMAS.input, 'input')),
  '### Phases',
  keyTable(schemaRows(SCHEMAS.phase, 'input')),
  '## Steps',
  'A step has exactly one kind: the key that it is named after.',
  '### Keys of every step',
  keyTable(stepRows('end').filter(isCommon)),
  ...Object.values(STEP_KIND).flatMap(kindParts),
  '### Steps in steps',
  ...NESTING,
]

/** What no key says by itself. */
const NESTING = [
  'The lists of steps in a `parallel` and in an `each` are run in frames of their own: `goto`, `limit` and `reset` stay inside. `visits` and `outcome` know the steps of the same list and of those around it; from outside, none asks for a step inside. A list ends after its last step; it cannot end the incident or hand it over. Where one fails, the step around them fails, and its `on_failure` decides.',
  'Expressions inside see the steps of their own list and those around. From outside, an output is `steps.both.left.look` for the step `look` in the branch `left` of `both`, and `steps.many.items[0].look` in an `each` with the id `many`.',
  'A `run` step comes back with `{ outcome }` when the other runbook has ended; where that is `unresolved` or `aborted` the step fails. `run` in a choice or a branch hands over and does not come back. Where a called runbook hands over, the one that it hands over to comes back in its place.',
]

const kindParts = (kind: StepKind): readonly string[] => [
  `### \`${kind}\``,
  keyTable(stepRows(kind).filter(row => !isCommon(row))),
]

const stepRows = (kind: StepKind): readonly SchemaRow[] => schemaRows(SCHEMAS.steps[kind], 'input')

/** A key that every kind has, or one inside such a key. */
const isCommon = ({ path }: SchemaRow): boolean => {
  const [key = path] = path.split(/[.[]/, 1)
  return Object.values(STEP_SCHEMAS).every(({ shape }) => Object.hasOwn(shape, key))
}

const checkParts = ({ name, summary, input, output }: Check): readonly string[] => [
  `### \`${name}\``,
  `${prose(summary)}.`,
  ...useParts(input, output),
]

const actionParts = ({
  name,
  summary,
  needs,
  permissions,
  irreversible,
  ...use
}: Action): readonly string[] => [
  `### \`${name}\``,
  `${prose(summary)}.`,
  `Needs: ${needs.length === 0 ? 'no control plane' : codes(needs)}.`,
  `IAM permissions: ${permissions.length === 0 ? 'none' : codes(permissions)}.`,
  `Undo: ${undoWords(irreversible)}.`,
  ...useParts(use.input, use.output),
]

const undoWords = (irreversible: Action['irreversible']): string => {
  if (typeof irreversible === 'object') return `only where ${code(irreversible.unless)} is given`
  return irreversible ? 'none; it cannot be taken back' : 'it can be taken back'
}

const useParts = (input: ZodObject, output: ZodObject): readonly string[] => [
  '#### Arguments',
  keyTable(schemaRows(input, 'input')),
  '#### Output',
  outputTable(schemaRows(output, 'output')),
]

const ruleParts = (rules: Material['rules']): readonly string[] => {
  const all = Object.entries(rules)
  if (all.length === 0) return []
  return [
    '## Lint rules',
    markdownTable(
      ['rule', 'severity', 'what it finds'],
      all.map(([id, { severity, summary }]) => [code(id), severity, prose(summary)]),
    ),
    ...all.flatMap(([id, { why, bad, good }]) => [
      `### \`${id}\``,
      prose(why),
      'Wrong:',
      fenced(bad, 'yaml'),
      'Right:',
      fenced(good, 'yaml'),
    ]),
  ]
}

const keyTable = (rows: readonly SchemaRow[]): string =>
  markdownTable(
    ['key', 'type', 'required', 'default', 'what it is'],
    rows.map(({ path, type, required, fallback, description }) => [
      code(path),
      prose(type),
      required ? 'yes' : 'no',
      fallback === undefined ? '' : code(fallback),
      prose(description ?? ''),
    ]),
  )

const outputTable = (rows: readonly SchemaRow[]): string =>
  markdownTable(
    ['key', 'type', 'what it is'],
    rows.map(({ path, type, required, description }) => [
      code(path),
      prose(required ? type : `${type}; may be absent`),
      prose(description ?? ''),
    ]),
  )

const codes = (names: readonly string[]): string => names.map(code).join(', ')
