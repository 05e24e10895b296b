import type { ASTNode } from '@marcbachmann/cel-js'
import { type Draft, report, type Site, spanOfSite } from '../draft.js'
import { accepts, wanted } from './accepts.js'
import { LONGEST_EXPRESSION } from './cel.js'
import type { CelFailure } from './cel-failure.js'
import { describeType } from './cel-types.js'
import { checkAst } from './check-ast.js'
import { reportComment } from './comment-trap.js'
import { explainCelFailure } from './explain-cel-failure.js'
import { resultOf } from './result-of.js'
import type { TypedEnvironment } from './typed-environment.js'

/** An expression that was read, and the CEL type of its value. */
type CheckedSite = { readonly tree: ASTNode; readonly type: string }

/** Parses and type-checks one expression; every finding points at its own characters. Undefined where it does not parse. */
export const checkSite = (draft: Draft, environment: TypedEnvironment, site: Site): CheckedSite | undefined => {
  const { expression, expectation } = site
  const whole = spanOfSite(draft, site, 0, expression.length)
  if (expression.length > LONGEST_EXPRESSION) {
    const message = `this expression has ${expression.length} characters; the most is ${LONGEST_EXPRESSION}`
    report(draft, whole, {
      rule: 'expression-too-large',
      message,
      suggestion: 'split it over two steps',
    })
    return undefined
  }
  if (expectation.kind === 'condition' && expression.includes('${{')) {
    const message = `\`${expectation.key}\` is an expression already`
    const inner = /^\$\{\{(.*)\}\}$/s.exec(expression.trim())?.[1]?.trim()
    const suggestion = `write it without \${{ }}${inner === undefined ? '' : `: ${inner}`}`
    report(draft, whole, { rule: 'expression-syntax', message, suggestion })
    return undefined
  }
  const checked = environment.check(expression, site.block, resultOf(site))
  if (!checked.ok) {
    reportFailure(draft, environment, site, checked.failure)
    return undefined
  }
  checkAst(draft, environment, site, checked.ast)
  checkType(draft, environment, site, checked.type)
  return { tree: checked.ast, type: checked.type }
}

const reportFailure = (draft: Draft, environment: TypedEnvironment, site: Site, failure: CelFailure): void => {
  const explained = explainCelFailure(draft, environment, site, failure)
  const atEnd = failure.end >= site.expression.length
  if (explained.rule === 'expression-syntax' && atEnd && reportComment(draft, site.node)) return
  const end = Math.max(failure.end, failure.start + 1)
  report(draft, spanOfSite(draft, site, failure.start, Math.min(end, site.expression.length)), explained)
}

const checkType = (draft: Draft, { types }: TypedEnvironment, site: Site, type: string): void => {
  const { expectation, expression } = site
  const whole = spanOfSite(draft, site, 0, expression.length)
  const found = describeType(types, type)
  if (expectation.kind === 'condition' && type !== 'bool' && type !== 'dyn') {
    const message = `\`${expectation.key}\` must be true or false, and this is ${found}`
    report(draft, whole, { rule: 'expression-type', message, suggestion: comparison(type, expression) })
    return
  }
  if (expectation.kind === 'argument' && !accepts(types, expectation.schema, type)) {
    const message = `\`${expectation.path}\` must be ${wanted(expectation.schema)}, and this expression is ${found}`
    report(draft, whole, { rule: 'with-type', message })
    return
  }
  if (expectation.kind === 'list' && !/^(list|dyn)/.test(type)) {
    const message = `\`each\` goes through a list, and this is ${found}`
    report(draft, whole, { rule: 'expression-type', message, suggestion: listOf(type, expression) })
  }
}

const listOf = (type: string, expression: string): string | undefined =>
  type === 'string' && expression.length <= 60 ? `a list of it alone is [${expression}]` : undefined

const comparison = (type: string, expression: string): string | undefined => {
  if (expression.length > 60) return 'compare it with something'
  if (type.startsWith('list') || type.startsWith('map')) return `compare its size: size(${expression}) > 0`
  return type === 'double' || type === 'int' ? `compare it: ${expression} > 0` : undefined
}
