import type { ASTNode } from '@marcbachmann/cel-js'
import { callOf, childrenOf, namesOf } from './ast.js'

const MOST_PATHS = 12

/** Roots that a person wants to see the values of. Variables of `exists(x, …)` have no value afterwards. */
const ROOTS: ReadonlySet<string> = new Set(['inputs', 'steps', 'result', 'posture', 'impact', 'elapsed'])

const CALLS: ReadonlySet<string> = new Set(['size', 'visits', 'outcome'])

/** The parts of an expression that name one value: `steps.survey.hot_share`, `size(result.hot)`, `visits("a")`. */
export const seenPaths = (expression: string, ast: ASTNode): readonly string[] =>
  [...new Set(pathsOf(expression, ast))].filter(path => path !== expression).slice(0, MOST_PATHS)

const pathsOf = (expression: string, node: ASTNode): readonly string[] => {
  const written = expression.slice(node.start, node.end)
  const names = namesOf(node)
  if (names) return ROOTS.has(names[0] ?? '') ? [written] : []
  const call = callOf(node)
  const argument = call && CALLS.has(call.name) ? call.args[0] : undefined
  if (argument && (argument.op === 'value' || ROOTS.has(namesOf(argument)?.[0] ?? ''))) return [written]
  return childrenOf(node).flatMap(child => pathsOf(expression, child))
}
