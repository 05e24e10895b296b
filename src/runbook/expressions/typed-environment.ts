import type { ASTNode } from '@marcbachmann/cel-js'
import type { Environment } from '@marcbachmann/cel-js/evaluator'
import { remembered } from '../../domain/remembered.js'
import type { InputSpec } from '../../domain/runbook.js'
import { type Block, chainOf, type Item } from '../block.js'
import type { Draft } from '../draft.js'
import { badItemName } from '../names.js'
import { newEnvironment } from './cel.js'
import { type CelFailure, toCelFailure } from './cel-failure.js'
import { DURATION, defineType, type TypeTable } from './cel-types.js'
import { itemTypeOf } from './item-type.js'
import { outputTypes, scopeTypes } from './output-types.js'

type Checked =
  | { readonly ok: true; readonly type: string; readonly ast: ASTNode }
  | { readonly ok: false; readonly failure: CelFailure }

export type TypedEnvironment = {
  readonly types: TypeTable
  /** Types of the variables that are known in a block without `result`. */
  readonly variables: (block: Block) => ReadonlyMap<string, string>
  readonly resultType: (check: string) => string | undefined
  readonly check: (expression: string, block: Block, resultOf?: string) => Checked
}

/** What the expressions of one runbook can see, with its types: in a block its own steps, and those around it. */
export const typedEnvironment = (draft: Draft): TypedEnvironment => {
  const base = newEnvironment({ visits: () => 0, outcome: () => '' })
  const types: TypeTable = { environment: base, fields: new Map() }
  const outputs = outputTypes(types, draft)
  const everywhere = variableTypes(types, draft)
  const steps = scopeTypes(types, draft.block, outputs)
  for (const [name, type] of everywhere) base.registerVariable(name, type)

  const check: TypedEnvironment['check'] = (expression, block, resultOf) => {
    const environment = scopeOf(block).environment
    return checkWith(resultOf === undefined ? environment : withResult(block, resultOf), expression)
  }
  /** Made once for each block. A clone knows the types that there were, and no later one. */
  const scopeOf = remembered((block: Block): Scope => {
    const own = new Map([['steps', steps.get(block) ?? 'dyn']])
    for (const { owner } of chainOf(block)) {
      const name = owner?.item?.name
      if (!owner?.item || name === undefined || own.has(name) || badItemName(name)) continue
      own.set(name, itemType(owner.item, owner.block))
    }
    const environment = steps.size === 1 ? base : base.clone()
    for (const [name, type] of own) environment.registerVariable(name, type)
    return { environment, variables: new Map([...everywhere, ...own]), withResult: new Map() }
  })
  const withResult = (block: Block, name: string): Environment => {
    const { environment, withResult: made } = scopeOf(block)
    const type = outputs.get(`checks.${name}`) ?? 'dyn' // an unknown check was reported where it is named
    const found = made.get(name) ?? environment.clone().registerVariable('result', type)
    made.set(name, found)
    return found
  }
  const itemType = (item: Item, block: Block): string =>
    itemTypeOf(item, expression => {
      const checked = check(expression, block)
      return checked.ok ? checked.type : 'dyn'
    })
  return {
    types,
    variables: block => scopeOf(block).variables,
    resultType: name => outputs.get(`checks.${name}`),
    check,
  }
}

type Scope = {
  readonly environment: Environment
  readonly variables: ReadonlyMap<string, string>
  /** With `result`, by the check whose output it is. */
  readonly withResult: Map<string, Environment>
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

/** What every expression sees, whatever block it stands in. */
const variableTypes = (types: TypeTable, { inputs }: Draft): ReadonlyMap<string, string> => {
  const inputFields = [...inputs].map(([name, spec]) => [name, inputType(spec)] as const)
  const text = (...names: readonly string[]) => new Map(names.map(name => [name, 'string'] as const))
  return new Map([
    ['inputs', defineType(types, 'inputs', new Map(inputFields))],
    ['posture', 'string'],
    ['impact', 'string'],
    ['elapsed', DURATION],
    ['incident', defineType(types, 'incident', text('id'))],
    ['mode', defineType(types, 'mode', text('fleet', 'effects'))],
  ])
}

const inputType = (spec: InputSpec | undefined): string => {
  if (spec === undefined) return 'dyn'
  if (spec.type === 'number') return 'double'
  if (spec.type === 'boolean') return 'bool'
  return spec.type === 'duration' ? DURATION : 'string'
}
