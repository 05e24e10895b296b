import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml, stringify } from 'yaml'
import { schema } from '../../src/commands/schema.js'
import { catalogue as shippedCatalogue } from '../../src/commands/support/catalogue.js'
import type { Io } from '../../src/commands/support/io.js'
import type { Catalogue } from '../../src/runbook/catalogue.js'
import { runbookJsonSchema, runbookSchemaText } from '../../src/runbook/json-schema.js'
import { parseRunbook } from '../../src/runbook/load.js'
import type { Diagnostic } from '../../src/source/diagnostic.js'
import { runbookOf, catalogue as sampleCatalogue, survey } from './catalogue.js'

const folder = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname
const RUNBOOKS = folder('runbooks')
const MODELINE = '# yaml-language-server: $schema=./runbook.schema.json\n'

const runbooksIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter(name => name.endsWith('.yaml') && name !== 'fleet.yaml')
    .map(name => path.join(dir, name))

/** Strict but for what draft-07 allows and ajv advises against: `required` in an `if` without its `properties`. */
const validatorOf = (catalogue: Catalogue) => {
  const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true })
  ajv.addVocabulary(['errorMessage', 'patternErrorMessage', 'enumDescriptions']) // editors know them, JSON Schema does not
  const validate = ajv.compile(JSON.parse(JSON.stringify(runbookJsonSchema(catalogue))))
  return (value: unknown): readonly string[] => (validate(value) ? [] : placesOf(validate.errors ?? []))
}

/** JSON pointers of what is wrong: an unknown key at that key, a missing one at its map. */
const placesOf = (errors: readonly ErrorObject[]): readonly string[] => {
  const places = errors.filter(({ keyword }) => keyword !== 'if').map(placeOf)
  return [...new Set(places)].sort()
}

const placeOf = ({ instancePath, params, propertyName }: ErrorObject): string => {
  const key = params.additionalProperty ?? params.propertyName ?? propertyName
  return key === undefined ? instancePath : `${instancePath}/${key}`
}

const wrongInShipped = validatorOf(shippedCatalogue)
const wrongInSample = validatorOf(sampleCatalogue)

test('the schema beside the shipped runbooks is current', () => {
  const again = 'npm run build && node bin/firebreak.js schema --write runbooks/runbook.schema.json'
  const written = readFileSync(path.join(RUNBOOKS, 'runbook.schema.json'), 'utf8')
  expect(written === runbookSchemaText(shippedCatalogue), `it is not: ${again}`).toBe(true)
})

test.each(runbooksIn(RUNBOOKS))('%s names it in its first line', file => {
  expect(readFileSync(file, 'utf8').startsWith(MODELINE)).toBe(true)
})

test.each([...runbooksIn(RUNBOOKS), ...runbooksIn(folder('test/torture/runbooks'))])(
  '%s is valid by it',
  file => {
    expect(wrongInShipped(parseYaml(readFileSync(file, 'utf8')))).toEqual([])
  },
)

test('every key of a runbook has a description to show', () => {
  const { definitions } = runbookJsonSchema(shippedCatalogue) as { definitions: object }
  const silent: string[] = []
  const look = (schema: unknown, at: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties, ...rest } = schema as { properties?: Record<string, Record<string, unknown>> }
    for (const [key, value] of Object.entries(properties ?? {})) {
      const refined = /\/(if|then|else)$/.test(at) // the key itself is described beside it
      if (!refined && typeof value === 'object' && !value.description) silent.push(`${at}.${key}`)
      look(value, `${at}.${key}`)
    }
    for (const [key, value] of Object.entries(rest)) look(value, `${at}/${key}`)
  }
  look(runbookJsonSchema(shippedCatalogue).properties, '')
  look(definitions, '')
  expect(silent).toEqual([])
})

test('checks and actions are offered by name, each with its summary', () => {
  const { definitions } = runbookJsonSchema(shippedCatalogue) as {
    definitions: Record<string, { properties: Record<string, unknown> }>
  }
  for (const [kind, entries] of [
    ['check', shippedCatalogue.checks],
    ['action', shippedCatalogue.actions],
  ] as const) {
    expect(definitions[`${kind}_step`]?.properties[kind]).toMatchObject({
      enum: Object.keys(entries),
      enumDescriptions: Object.values(entries).map(({ summary }) => summary),
    })
  }
})

type Mistake = readonly [name: string, steps: string, ...places: string[]]

const act = (given: string): string =>
  `${survey('')}- id: act\n  action: load.shed\n  with: ${given}\n  verify: { again: survey, within: 1m }`
const asking = (choice: string): string => `- id: a\n  ask: x\n  choices: { y: ${choice} }`

const MISTAKES: readonly Mistake[] = [
  ['an unknown key', '- id: a\n  wait: 2m\n  titel: x', '/steps/0/titel'],
  ['a key of another kind', '- id: a\n  wait: 2m\n  expect: x', '/steps/0/expect'],
  ['two kinds', '- id: a\n  wait: 2m\n  goto: over', '/steps/0/goto', '/steps/0/wait'],
  ['no kind', '- id: a\n  title: x', '/steps/0'],
  ['a kind with a typo', '- id: a\n  waite: 2m', '/steps/0', '/steps/0/waite'],
  ['no id', '- wait: 2m', '/steps/0'],
  ['an id with capitals', '- id: Look-Again\n  wait: 2m', '/steps/0/id'],
  ['an id that is a number', '- id: 5\n  wait: 2m', '/steps/0/id'],
  ['an id that means something else', '- id: inputs\n  wait: 2m', '/steps/0/id'],
  ['a step that is a number', '- 5', '/steps/0'],
  ['a phase with more keys', '- phase: A\n  wait: 2m', '/steps/0/wait'],
  ['a misspelt on_failure', survey('  on_failure: contineu'), '/steps/0/on_failure'],
  ['a doubt that cannot undo', survey('  on_inconclusive: undo'), '/steps/0/on_inconclusive'],
  ['an unknown check', '- id: a\n  check: proxy.conections\n  with: {}', '/steps/0/check'],
  ['an action used as a check', '- id: a\n  check: proxy.replace', '/steps/0/check'],
  ['a check without what it needs', '- id: a\n  check: proxy.connections', '/steps/0'],
  [
    'an argument with a typo',
    '- id: a\n  check: proxy.connections\n  with: { clutser: a }',
    '/steps/0/with',
    '/steps/0/with/clutser',
  ],
  [
    'a number for a text',
    '- id: a\n  check: proxy.connections\n  with: { cluster: 5 }',
    '/steps/0/with/cluster',
  ],
  ['a number that is too large', act('{ cluster: a, rate: 500 }'), '/steps/1/with/rate'],
  ['an unknown word', act('{ cluster: a, step: smal }'), '/steps/1/with/step'],
  ['a text around a number', act('{ cluster: a, rate: "1${{ inputs.count }}" }'), '/steps/1/with/rate'],
  [
    'an unknown key in a map of arguments',
    act('{ cluster: a, target: { id: b, prot: 1 } }'),
    '/steps/1/with/target',
    '/steps/1/with/target/prot',
  ],
  ['a number as a wait', '- id: a\n  wait: 120', '/steps/0/wait'],
  ['a wait without a unit', '- id: a\n  wait: 2x', '/steps/0/wait'],
  ['a wait of next to nothing', '- id: a\n  wait: 999ms', '/steps/0/wait'],
  ['a wait for something without an end', '- id: a\n  wait: { until: x }', '/steps/0/wait'],
  ['a limit without then', '- id: a\n  wait: 1s\n  limit: { visits: 2 }', '/steps/0/limit'],
  ['negative visits', '- id: a\n  wait: 1s\n  limit: { visits: -1, then: over }', '/steps/0/limit/visits'],
  ['an outcome that no runbook states', '- id: a\n  end: aborted', '/steps/0/end'],
  ['an expression in a title', '- id: a\n  wait: 1s\n  title: x ${{ inputs.count }}', '/steps/0/title'],
  ['no choices', '- id: a\n  ask: x\n  choices: {}', '/steps/0/choices'],
  ['a choice without a label', asking('{ goto: over }'), '/steps/0/choices/y'],
  ['a choice that leads two ways', asking('{ label: Y, goto: over, end: resolved }'), '/steps/0/choices/y/end'],
  [
    'a branch without a default',
    '- id: a\n  branch: [{ if: x, goto: over }]',
    '/steps/0/branch',
    '/steps/0/branch/0',
  ],
  ['a verify without an end', act('{ cluster: a }').replace(', within: 1m', ''), '/steps/1/verify'],
  [
    'an approval that is not there yet',
    '- id: a\n  action: load.shed\n  with: { cluster: a }\n  approve: peer',
    '/steps/0/approve',
  ],
  ['a timeout of a step that takes no time', '- id: a\n  manual: x\n  timeout: 5s', '/steps/0/timeout'],
  ['a number as a retry', survey('  retry: 3'), '/steps/0/retry'],
  ['too many looks', survey('  retry: { times: 101 }'), '/steps/0/retry/times'],
  [
    'a failure of a wait that cannot fail',
    '- id: a\n  wait: 1s\n  on_failure: continue',
    '/steps/0/on_failure',
  ],
  ['one branch', '- id: a\n  parallel: { x: [{ id: b, wait: 1s }] }', '/steps/0/parallel'],
  ['a branch without steps', '- id: a\n  parallel: { x: [{ id: b, wait: 1s }], y: [] }', '/steps/0/parallel/y'],
  [
    'a branch that means something else',
    '- id: a\n  parallel: { x: [{ id: b, wait: 1s }], steps: [{ id: c, wait: 1s }] }',
    '/steps/0/parallel/steps',
  ],
  [
    'a mistake in a step in a step',
    '- id: a\n  each: [1]\n  steps: [{ id: b, parallel: { x: [{ id: c, wait: 5 }], y: [{ id: d, wait: 1s }] } }]',
    '/steps/0/steps/0/parallel/x/0/wait',
  ],
  ['text that is no list', '- id: a\n  each: proxies\n  steps: [{ id: b, wait: 1s }]', '/steps/0/each'],
  ['a name that is no runbook', '- id: a\n  run: Cluster Wide', '/steps/0/run'],
  [
    'inputs for no runbook',
    '- id: a\n  ask: x\n  choices: { y: { label: Y, with: { a: 1 } } }',
    '/steps/0/choices/y/with',
  ],
  [
    'a choice that leads on and hands over',
    asking('{ label: Y, goto: over, run: b }'),
    '/steps/0/choices/y/run',
  ],
]

const STRUCTURAL = new Set([
  ...['unknown-key', 'misplaced-key', 'missing-key', 'missing-id', 'bad-id', 'bad-key', 'bad-value'],
  ...['wrong-type', 'unknown-kind', 'missing-kind', 'two-kinds', 'not-yet', 'unknown-check', 'unknown-action'],
  ...['with-unknown-key', 'with-missing-key', 'with-type', 'yaml-colon'],
])

/** A schema looks at one place at a time: what compares two, and what an expression gives, is the loader's alone. */
const COMPARES = /this expression is|the default must be one of|must not be longer than `within`/

const isStructural = ({ rule, severity, message }: Diagnostic): boolean => {
  if (rule === 'branch-default-last') return message.includes('has no default')
  return severity === 'error' && STRUCTURAL.has(rule) && !COMPARES.test(message)
}

const loaderFinds = (text: string): readonly string[] =>
  parseRunbook(text, 'test.yaml', sampleCatalogue)
    .diagnostics.filter(isStructural)
    .map(({ rule, message }) => `${rule}: ${message}`)

describe('a runbook is refused at its place', () => {
  test.each(MISTAKES)('for %s', (_name, steps, ...places) => {
    expect(wrongInSample(parseYaml(runbookOf(steps)))).toEqual([...places].sort())
  })
})

const WHOLE = `runbook: whole
title: Everything once
severity: sev1
owner: me
triggers: [{ alertname: A }]
inputs:
  cluster: { type: cluster, ask: Which?, from_alert: cluster }
  count: { type: number, default: 3 }
  way: { type: choice, options: [up, down], default: up }
steps:
  - phase: One
  - id: survey
    title: T
    why: W
    when: inputs.count > 1
    limit: { visits: 2, then: over }
    check: proxy.connections
    with: { cluster: "\${{ inputs.cluster }}" }
    expect: true
    on_failure: { goto: asked }
    on_inconclusive: continue
  - id: act
    action: load.shed
    with: { cluster: a, rate: 5, step: small, hard: true, weights: { a: 1 }, target: { id: b }, hosts: [] }
    verify: { again: survey, hold: 60s, within: 6m, every: 20s }
    approve: typed
    timeout: 10m
    on_failure: undo
  - id: asked
    ask: What now?
    choices:
      yes: { label: Yes, recommended: true, end: mitigated }
      no: { label: No, reset: survey, goto: survey }
      wide: { label: Wide, run: other, with: { cluster: "\${{ inputs.cluster }}" } }
  - id: reach
    branch: [{ if: inputs.count > 2, goto: over }, { if: inputs.count > 1, run: other }, { end: resolved }]
  - id: by_hand
    manual: Do it
    on_failure: abort
  - id: pause
    wait: 2m
  - id: back
    goto: survey
  - id: over
    end: resolved
`

const NESTED = `runbook: nested
title: Steps in steps, and runbooks in runbooks
steps:
  - id: survey
    check: proxy.connections
    with: { cluster: a }
    retry: { times: 2, every: 10s }
    timeout: 30s
  - id: tell
    notify: It goes on
    to: everybody
  - id: both
    parallel:
      left: [{ id: l1, wait: 1s }]
      right: [{ id: r1, notify: x }]
    on_failure: continue
  - id: many
    each: \${{ ["a"] }}
    as: one
    max_parallel: 2
    steps: [{ id: m1, wait: { until: true, again: survey, every: 5s, within: 1m }, on_failure: continue }]
    on_failure: abort
  - id: called
    run: other
    with: { cluster: a }
    on_failure: undo
  - id: over
    end: resolved
`

type TreeMap = { readonly [key: string]: Tree }
type Tree = null | boolean | number | string | readonly Tree[] | TreeMap
const VALUES: readonly Tree[] = [
  null,
  true,
  5,
  -1,
  0.5,
  '',
  'x',
  '5s',
  '${{ inputs.count }}',
  [],
  {},
  { goto: 'over' },
]

/** Every tree that differs from this one in one place: another value, a key gone, renamed or new. */
const variationsOf = (tree: Tree): readonly Tree[] => {
  if (Array.isArray(tree)) return [...VALUES, ...variationsOfList(tree)]
  const isMap = typeof tree === 'object' && tree !== null
  return isMap ? [...VALUES, ...variationsOfMap(tree as TreeMap)] : VALUES // lists are dealt with above
}

const variationsOfList = (list: readonly Tree[]): readonly Tree[] =>
  list.flatMap((item, index) => [
    list.filter((_, other) => other !== index),
    ...variationsOf(item).map(changed => list.with(index, changed)),
  ])

const variationsOfMap = (map: TreeMap): readonly Tree[] => [
  ...NEW_KEYS.filter(key => !(key in map)).map(key => ({ ...map, [key]: 'x' })),
  ...Object.entries(map).flatMap(([key, value]): readonly Tree[] => {
    const { [key]: _, ...others } = map
    const changed = variationsOf(value).map(other => ({ ...map, [key]: other }))
    return [others, { ...others, [`${key}x`]: value }, ...changed]
  }),
]

const NEW_KEYS = ['strange', 'goto', 'run', 'with', 'phase']

test.each([
  ['every older kind of step', WHOLE],
  ['steps in steps', NESTED],
])(
  'in every variation of one place of %s it agrees with the loader, targets and expressions apart',
  (_name, text) => {
    const whole = parseYaml(text) as Tree
    expect(parseRunbook(text, 'test.yaml', sampleCatalogue).runbook).toBeDefined()
    const variations = variationsOf(whole)
    expect(variations.length).toBeGreaterThan(500)
    const disagree = variations.flatMap(changed => {
      const loader = loaderFinds(stringify(changed))
      const schema = wrongInSample(changed)
      return loader.length > 0 === schema.length > 0 ? [] : [{ loader, schema }]
    })
    expect(disagree).toEqual([])
  },
)

test.each([
  ['a target that there is not', '- id: a\n  goto: nowhere'],
  ['an id that stands twice', '- id: a\n  wait: 1s\n- id: a\n  wait: 1s'],
  ['an id that CEL keeps for itself', '- id: in\n  wait: 2m'],
  ['an expression that cannot be read', '- id: a\n  wait: 1s\n  when: 1 +'],
  [
    'two recommended choices',
    `${asking('{ label: Y, recommended: true }')}`.replace(
      '} }',
      '}, n: { label: N, recommended: true, end: resolved } }',
    ),
  ],
  ['a default that is not the last', '- id: a\n  branch: [{ goto: over }, { if: inputs.sure, goto: over }]'],
  ['a sum of durations below a second', '- id: a\n  wait: 500ms400ms'],
])('it leaves %s to the loader, which refuses it', (_name, steps) => {
  const text = runbookOf(steps)
  expect(wrongInSample(parseYaml(text))).toEqual([])
  expect(parseRunbook(text, 'test.yaml', sampleCatalogue).runbook).toBeUndefined()
})

describe('the command', () => {
  const play = async (write?: string) => {
    const [out, err]: [string[], string[]] = [[], []]
    const io = {
      out: { write: (text: string) => out.push(text) },
      err: { write: (text: string) => err.push(text) },
    }
    const cwd = mkdtempSync(path.join(tmpdir(), 'firebreak-schema-'))
    const options = write === undefined ? {} : { write }
    const code = await schema({ ...io, env: {}, cwd } as unknown as Io, options) // it reads no terminal
    return { code, cwd, out: out.join(''), err: err.join('') }
  }

  test('prints the schema', async () => {
    const { code, out, err } = await play()
    expect([code, out, err]).toEqual([0, runbookSchemaText(shippedCatalogue), ''])
  })

  test('writes it to a file below the working folder', async () => {
    const { code, cwd, out } = await play('made.json')
    expect([code, out]).toEqual([0, ''])
    expect(readFileSync(path.join(cwd, 'made.json'), 'utf8')).toBe(runbookSchemaText(shippedCatalogue))
  })

  test('says what to do where the file cannot be written', async () => {
    const { code, err } = await play('no/such/folder.json')
    expect(code).toBe(1)
    expect(err).toMatch(/cannot be written: ENOENT.*\n {2}next: /)
  })
})
