import * as z from 'zod'
import { INPUT_TYPE, type InputType } from '../domain/runbook.js'
import type { Catalogue } from './catalogue.js'
import { WHOLE_TEMPLATE, withNames } from './json-schema/arguments.js'
import { addWhatIsAsked, MORE_THAN_NOTHING } from './json-schema/asked.js'
import { changed, mapValues, propertiesOf, type Schema, type Schemas } from './json-schema/parts.js'
import { KNOWN_NAMES } from './names.js'
import { describedSchemas } from './schema.js'

/**
 * A JSON Schema (draft-07: what editors know best) for runbooks, as the loader reads them. It is laxer than
 * the loader where several places have to agree: targets, ids that stand twice, expressions.
 */
export const runbookJsonSchema = (catalogue: Catalogue): Schema => {
  const { header, phase, kinds, input, checks, actions, definitions } = convert(catalogue)
  const named = {
    ...kinds,
    check: withNames(kinds.check, 'check', catalogue.checks, checks),
    action: withNames(kinds.action, 'action', catalogue.actions, actions),
    ask: changed(kinds.ask, { choices: { minProperties: 1 } }),
    branch: changed(kinds.branch, { branch: DEFAULT_ARM }),
    wait: { ...kinds.wait, ...NO_FAILURE_OF_A_PAUSE },
    parallel: changed(kinds.parallel, { parallel: BRANCHES }),
    each: changed(kinds.each, { each: EACH, as: { pattern: STEP_NAME }, steps: STEPS }),
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A runbook of firebreak',
    ...changed(header, {
      inputs: { propertyNames: INPUT_NAME, additionalProperties: { $ref: '#/definitions/input' } },
      steps: { items: { $ref: '#/definitions/row' } },
    }),
    definitions: {
      row: {
        type: 'object',
        if: has('phase'),
        then: { $ref: '#/definitions/phase' },
        else: { $ref: '#/definitions/step' },
      },
      phase,
      step: stepSchema(Object.keys(kinds)),
      ...prefixed(mapValues(named, withId)),
      kindless: kindlessSchema(kinds, phase),
      input: typedInput(input),
      ...definitions,
    },
  }
}

/** As it is written to a file. */
export const runbookSchemaText = (catalogue: Catalogue): string =>
  `${JSON.stringify(runbookJsonSchema(catalogue), null, 2)}\n`

/** All schemas at once, so that what several of them refer to is defined once. */
const convert = ({ checks, actions }: Catalogue) => {
  const inputsOf = (entries: Catalogue['checks']) => z.object(mapValues(entries, ({ input }) => input))
  const { header, phase, input, steps } = describedSchemas()
  const whole = z.object({
    header,
    phase,
    input,
    kinds: z.object(steps),
    checks: inputsOf(checks),
    actions: inputsOf(actions),
  })
  const made = z.toJSONSchema(whole, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    override: addWhatIsAsked,
  })
  const parts = propertiesOf(made)
  const part = (name: keyof typeof whole.shape): Schema => parts[name] ?? {}
  return {
    header: part('header'),
    phase: part('phase'),
    input: part('input'),
    kinds: propertiesOf(part('kinds')),
    checks: propertiesOf(part('checks')),
    actions: propertiesOf(part('actions')),
    definitions: (made.definitions ?? {}) as Schemas, // draft-07 schemas made by zod have no boolean ones
  }
}

const NAME = '[a-z][a-z0-9_]*$'
const NAME_RULE = 'lower case letters, digits and _ only, beginning with a letter'

/** CEL's own words are refused by the loader alone. */
const STEP_NAME = `^(?!(?:${KNOWN_NAMES.join('|')})$)${NAME}`
const STEP_ID: Schema = {
  pattern: STEP_NAME,
  patternErrorMessage: `must be ${NAME_RULE}, and no word that means something in expressions`,
}
const INPUT_NAME: Schema = { pattern: `^${NAME}`, patternErrorMessage: `must be ${NAME_RULE}` }

const DEFAULT_ARM: Schema = {
  contains: { type: 'object', not: { required: ['if'] } },
  errorMessage: 'must be a list that ends with an entry without `if`, the default',
}

/** In a block there are no phases, and no ends: those are refused by the loader alone. */
const STEPS: Schema = { items: { $ref: '#/definitions/step' } }
const BRANCHES: Schema = {
  minProperties: 2,
  propertyNames: STEP_ID,
  additionalProperties: { type: 'array', minItems: 1, ...STEPS },
}
const EACH: Schema = {
  anyOf: [
    { type: 'string', pattern: WHOLE_TEMPLATE, patternErrorMessage: 'must be one ${{ expression }}' },
    { type: 'array' },
  ],
}

/** Time passes by itself; only what is waited for may not come. */
const NO_FAILURE_OF_A_PAUSE: Schema = {
  if: { required: ['wait'], properties: { wait: { type: 'object' } } },
  else: {
    properties: { on_failure: false },
    errorMessage: 'only a wait for something, wait: { until, within }, can fail',
  },
}

const withId = (kind: Schema): Schema => changed(kind, { id: STEP_ID })

/** Each kind brings its own keys, so two kinds refuse each other; without any, the kinds are what is offered. */
const stepSchema = (kinds: readonly string[]): Schema => ({
  type: 'object',
  allOf: [
    ...kinds.map(kind => ({ if: has(kind), then: { $ref: `#/definitions/${kind}_step` } })),
    { if: { not: { anyOf: kinds.map(has) } }, then: { $ref: '#/definitions/kindless' } },
  ],
})

/** The type keeps it from being true of an empty row. */
const has = (key: string): Schema => ({ type: 'object', required: [key] })

const kindlessSchema = (kinds: Schemas, phase: Schema): Schema => {
  const all = Object.entries(kinds)
  const { end: _, id, ...shared } = propertiesOf(kinds.end ?? {})
  const own = all.map(([kind, schema]) => [kind, { description: propertiesOf(schema)[kind]?.description }])
  const errorMessage = `a step has exactly one kind: ${Object.keys(kinds).join(', ')}`
  return {
    type: 'object',
    properties: {
      id: { ...id, ...STEP_ID },
      ...Object.fromEntries(own),
      ...shared,
      ...phase.properties, // a row with it never comes here: offered where there is nothing yet
    },
    required: ['id'],
    additionalProperties: false,
    anyOf: all.map(([kind]) => ({ required: [kind], errorMessage })),
  }
}

/** Options belong to a choice, and a default is of the input's type. */
const typedInput = (input: Schema): Schema => ({
  ...input,
  allOf: [
    {
      if: { required: ['type'], properties: { type: { const: INPUT_TYPE.choice } } },
      then: { required: ['options'] },
      else: { properties: { options: false }, errorMessage: '`options` belongs to type choice' },
    },
    ...Object.values(INPUT_TYPE).map(type => ({
      if: { required: ['type'], properties: { type: { const: type } } },
      then: { properties: { default: defaultOf(type) } },
    })),
  ],
})

const defaultOf = (type: InputType): Schema => {
  if (type === 'number' || type === 'boolean') return { type }
  if (type === 'duration') {
    const patternErrorMessage = 'must be a duration such as 90s, longer than nothing'
    return { type: 'string', pattern: MORE_THAN_NOTHING, patternErrorMessage }
  }
  const mayBeBlank = type === 'cluster' || type === 'cidr' || type === 'choice'
  return { type: 'string', ...(mayBeBlank ? {} : { pattern: '\\S' }) }
}

const prefixed = (kinds: Schemas): Schemas =>
  Object.fromEntries(Object.entries(kinds).map(([kind, schema]) => [`${kind}_step`, schema]))
