import { Duration, type Environment } from '@marcbachmann/cel-js/evaluator'
import { parseDuration } from '../../domain/duration.js'
import type { Json, JsonObject } from '../../domain/json.js'
import type { Template } from '../../domain/runbook.js'
import type { Scope } from '../../domain/scope.js'
import { LONGEST_EXPRESSION, newEnvironment } from './cel.js'
import { toCelFailure } from './cel-failure.js'
import type { Evaluated } from './evaluated.js'
import { fillTemplate } from './fill-template.js'
import { seenPaths } from './seen-paths.js'
import { type CelValue, toJson } from './to-json.js'

export type Evaluator = {
  readonly evaluate: (expression: string, scope: Scope) => Evaluated
  /** Expressions evaluated, everything else as it stands. The first failure is the result. */
  readonly evaluateTemplate: (template: Template, scope: Scope) => Evaluated
}

type Program = { readonly run: (context: object) => CelValue; readonly seen: readonly string[] }
type Cache = Map<string, Program | Evaluated>

/**
 * Evaluates the expressions of runbooks that were loaded, and so type-checked. Each is parsed once.
 * Never throws; types were checked at load, so values are plain JSON here and need no wrapping.
 */
export const createEvaluator = (): Evaluator => {
  let current: Scope | undefined // CEL functions get no context; an evaluation is synchronous, so this is it
  const environment = evaluationEnvironment(() => current)
  const cache: Cache = new Map()
  const items = new Set<string>()
  const evaluate = (expression: string, scope: Scope): Evaluated => {
    for (const name of Object.keys(scope.items ?? {})) {
      if (items.has(name)) continue
      items.add(name)
      environment.registerVariable(name, 'dyn')
    }
    const program = compile(environment, cache, expression)
    if ('ok' in program) return program
    current = scope
    const context = contextOf(scope)
    const result = run(program, expression, context)
    return result.ok ? { ...result, seen: seenValues(environment, cache, program, context) } : result
  }
  return {
    evaluate,
    evaluateTemplate: (template, scope) => fillTemplate(template, expression => evaluate(expression, scope)),
  }
}

const NAMES = ['inputs', 'steps', 'result', 'posture', 'impact', 'elapsed', 'incident', 'mode'] as const

const evaluationEnvironment = (scope: () => Scope | undefined): Environment => {
  const environment = newEnvironment({
    visits: id => scope()?.visits[id] ?? 0,
    outcome: id => {
      const outcome = scope()?.outcomes[id]
      if (outcome !== undefined) return outcome
      throw absent(`outcome("${id}")`) // the only way out of a CEL function; caught below
    },
  })
  for (const name of NAMES) environment.registerVariable(name, 'dyn')
  return environment
}

const absent = (missing: string): Error & { missing: string } =>
  Object.assign(new Error(`${missing} is not known yet`), { missing })

const compile = (environment: Environment, cache: Cache, expression: string): Program | Evaluated => {
  const known = cache.get(expression)
  if (known !== undefined) return known
  const made = parse(environment, expression)
  cache.set(expression, made)
  return made
}

const parse = (environment: Environment, expression: string): Program | Evaluated => {
  if (expression.length > LONGEST_EXPRESSION) return { ok: false, message: 'the expression is too long' }
  try {
    const run = environment.parse(expression)
    return { run, seen: seenPaths(expression, run.ast) }
  } catch (error) {
    return { ok: false, message: toCelFailure(error).summary }
  }
}

const contextOf = (scope: Scope): object => ({
  ...scope.items,
  inputs: withDurations(scope),
  steps: scope.steps,
  result: scope.result,
  posture: scope.posture,
  impact: scope.impact,
  elapsed: Duration.fromMilliseconds(scope.elapsedMs),
  incident: scope.incident,
  mode: scope.mode,
})

const withDurations = ({ inputs, durations = [] }: Scope): object =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, durations.includes(name) ? toDuration(value) : value]),
  )

const toDuration = (value: Json): Json | Duration => {
  const ms = typeof value === 'string' ? parseDuration(value) : undefined
  return ms === undefined ? value : Duration.fromMilliseconds(ms)
}

const run = (program: Program, expression: string, context: object): Evaluated => {
  try {
    return { ok: true, value: toJson(program.run(context)), seen: {} }
  } catch (error) {
    return explain(expression, error)
  }
}

const explain = (expression: string, error: unknown): Evaluated => {
  if (error instanceof Error && 'missing' in error) {
    return { ok: false, missing: String(error.missing), message: error.message }
  }
  const { code, summary, node } = toCelFailure(error)
  if (!ABSENT.has(code) || !node) return { ok: false, message: summary }
  const missing = expression.slice(node.start, node.end)
  return { ok: false, missing, message: `${missing} is not known yet, or does not exist` }
}

const ABSENT: ReadonlySet<string> = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable'])

const seenValues = (environment: Environment, cache: Cache, program: Program, context: object): JsonObject => {
  const seen: [string, Json][] = []
  for (const path of program.seen) {
    const part = compile(environment, cache, path)
    const result = 'ok' in part ? part : run(part, path, context)
    if (result.ok && typeof result.value !== 'object') seen.push([path, result.value])
  }
  return Object.fromEntries(seen)
}
