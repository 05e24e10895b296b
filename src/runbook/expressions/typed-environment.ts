import type { ASTNode } from '@marcbachmann/cel-js'
import type { Environment } from '@marcbachmann/cel-js/evaluator'
import type { InputSpec } from '../../domain/runbook.js'
import type { Catalogue } from '../catalogue.js'
import type { Draft, StepDraft } from '../draft.js'
import { newEnvironment } from './cel.js'
import { type CelFailure, toCelFailure } from './cel-failure.js'
import { celTypeOf, DURATION, defineType, type TypeTable } from './cel-types.js'

type Checked =
  | { readonly ok: true; readonly type: string; readonly ast: ASTNode }
  | { readonly ok: false; readonly failure: CelFailure }

export type TypedEnvironment = {
  readonly types: TypeTable
  /** Types of the variables, and names of the functions, that are known without `result`. */
  readonly variables: ReadonlyMap<string, string>
  readonly resultType: (check: string) => string | undefined
  readonly check: (expression: string, resultOf?: string) => Checked
}

/** What every expression of one runbook can see, with its types. */
export const typedEnvironment = (draft: Draft): TypedEnvironment => {
  const environment = newEnvironment({ visits: () => 0, outcome: () => '' })
  const types: TypeTable = { environment, fields: new Map() }
  const outputs = outputTypes(types, draft)
  const variables = variableTypes(types, draft, outputs)
  for (const [name, type] of variables) environment.registerVariable(name, type)
  const withResult = new Map<string, Environment>()
  const environmentFor = (check: string | undefined): Environment => {
    if (check === undefined) return environment
    const type = outputs.get(`checks.${check}`) ?? 'dyn' // an unknown check was reported where it is named
    const made = withResult.get(check) ?? environment.clone().registerVariable('result', type)
    withResult.set(check, made)
    return made
  }
  return {
    types,
    variables,
    resultType: check => outputs.get(`checks.${check}`),
    check: (expression, resultOf) => checkWith(environmentFor(resultOf), expression),
  }
}

const checkWith = (environment: Environment, expression: string): Checked => {
  try {
    const parsed = environment.parse(expression)
    const { valid, type, error } = parsed.check()
    if (valid && type !== undefined) return { ok: true, type, ast: parsed.ast }
    return { ok: false, failure: toCelFailure(error) }
  } catch (error) {
    return { ok: false, failure: toCelFailure(error) } // the library's way to say that the text is no expression
  }
}

/** The output type of each check and action that the runbook uses, defined once each. */
const outputTypes = (types: TypeTable, { steps, catalogue }: Draft): ReadonlyMap<string, string> => {
  const outputs = new Map<string, string>()
  for (const { kind, uses } of steps) {
    if (uses === undefined || (kind !== 'check' && kind !== 'action')) continue
    const entries: Catalogue['checks'] = catalogue[`${kind}s`]
    const entry = Object.hasOwn(entries, uses) ? entries[uses] : undefined
    const name = `${kind}s.${uses}`
    if (entry && !outputs.has(name)) outputs.set(name, celTypeOf(types, entry.output, name))
  }
  return outputs
}

const variableTypes = (
  types: TypeTable,
  { steps, inputs }: Draft,
  outputs: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const choice = defineType(types, 'answer', new Map([['choice', 'string']]))
  const done = defineType(types, 'done', new Map())
  const stepFields = steps.flatMap(step => {
    const type = stepType(step, outputs, choice, done)
    return type === undefined ? [] : [[step.id, type] as const]
  })
  const inputFields = [...inputs].map(([name, spec]) => [name, inputType(spec)] as const)
  const text = (...names: readonly string[]) => new Map(names.map(name => [name, 'string'] as const))
  return new Map([
    ['inputs', defineType(types, 'inputs', new Map(inputFields))],
    ['steps', defineType(types, 'steps', new Map(stepFields))],
    ['posture', 'string'],
    ['impact', 'string'],
    ['elapsed', DURATION],
    ['incident', defineType(types, 'incident', text('id'))],
    ['mode', defineType(types, 'mode', text('fleet', 'effects'))],
  ])
}

/** Undefined for kinds that have no output. A step with findings of its own can have any. */
const stepType = (
  { kind, uses }: StepDraft,
  outputs: ReadonlyMap<string, string>,
  choice: string,
  done: string,
): string | undefined => {
  if (kind === undefined) return 'dyn'
  if (kind === 'ask') return choice
  if (kind === 'manual') return done
  if (kind === 'check' || kind === 'action') return outputs.get(`${kind}s.${uses}`) ?? 'dyn'
  return undefined
}

const inputType = (spec: InputSpec | undefined): string => {
  if (spec === undefined) return 'dyn'
  if (spec.type === 'number') return 'double'
  if (spec.type === 'boolean') return 'bool'
  return spec.type === 'duration' ? DURATION : 'string'
}
