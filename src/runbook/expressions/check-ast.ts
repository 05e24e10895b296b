import type { ASTNode } from '@marcbachmann/cel-js'
import { visibleIds, visibleStep } from '../block.js'
import { type Draft, report, type Site, spanOfSite } from '../draft.js'
import { suggestName } from '../names.js'
import { callOf, checkedTypeOf, namesOf, textLiteral, walk } from './ast.js'
import { checkWords } from './check-words.js'
import { innerStep } from './inner-step.js'
import type { Problem, Range } from './problem.js'
import { resultOf } from './result-of.js'
import type { TypedEnvironment } from './typed-environment.js'

type Context = { readonly draft: Draft; readonly environment: TypedEnvironment; readonly site: Site }

/** What CEL's own checker lets pass: ids in `visits()` and `outcome()`, fields in `has()`, cut-off divisions, words. */
export const checkAst = (draft: Draft, environment: TypedEnvironment, site: Site, ast: ASTNode): void => {
  const context = { draft, environment, site }
  for (const node of walk(ast)) {
    for (const rule of RULES) {
      const problem = rule(context, node)
      if (problem) report(draft, spanOfSite(draft, site, problem.node.start, problem.node.end), problem)
    }
    for (const problem of checkWords(site.block, node))
      report(draft, spanOfSite(draft, site, problem.node.start, problem.node.end), problem)
  }
}

const checkStepId = ({ draft, site }: Context, node: ASTNode): Problem | undefined => {
  const call = callOf(node)
  if (call?.name !== 'visits' && call?.name !== 'outcome') return undefined
  const [argument] = call.args
  const id = textLiteral(argument)
  const rule = 'expression-unknown-step'
  if (argument === undefined) return undefined
  if (id === undefined)
    return { rule, node: argument, message: `\`${call.name}\` takes the id of a step in quotes` }
  if (visibleStep(site.block, id)) return undefined
  const inner = innerStep(draft, site.block, id)
  if (inner)
    return {
      rule,
      node: argument,
      message: `\`${id}\` stands inside ${inner.where}, and only steps there can ask for its ${call.name === 'visits' ? 'visits' : 'outcome'}`,
      suggestion: inner.path === undefined ? undefined : `its output is ${inner.path} here`,
    }
  return {
    rule,
    node: argument,
    message: `there is no step \`${id}\``,
    suggestion: suggestName(id, visibleIds(site.block), 'steps'),
  }
}

const checkHas = (context: Context, node: ASTNode): Problem | undefined => {
  const call = callOf(node)
  const names = call?.name === 'has' && call.args[0] ? namesOf(call.args[0]) : undefined
  if (!names || !call?.args[0]) return undefined
  let type = variableType(context, names[0] ?? '')
  for (const name of names.slice(1)) {
    const fields = type === undefined ? undefined : context.environment.types.fields.get(type)
    if (!fields) return undefined
    type = fields.get(name)
    if (type !== undefined) continue
    const suggestion = suggestName(name, [...fields.keys()], 'fields')
    return {
      rule: 'expression-unknown-field',
      node: partOf(call.args[0], name),
      message: `\`has\` asks for \`${name}\`, which never exists`,
      suggestion,
    }
  }
  return undefined
}

const variableType = ({ environment, site }: Context, name: string): string | undefined => {
  const check = resultOf(site)
  if (name === 'result' && check !== undefined) return environment.resultType(check)
  return environment.variables(site.block).get(name)
}

/** That name in `steps.a.b`. */
const partOf = (node: ASTNode, name: string): Range =>
  node.op === '.' && node.args[1] !== name
    ? partOf(node.args[0], name)
    : { start: node.end - name.length, end: node.end }

const checkDivision = (_context: Context, node: ASTNode): Problem | undefined => {
  if (node.op !== '/') return undefined
  if (!node.args.every(side => checkedTypeOf(side) === 'int')) return undefined
  return {
    rule: 'expression-division',
    node,
    message: 'both sides are whole numbers, so CEL cuts off the fraction: 3 / 4 is 0',
    suggestion: 'write double(…) around one side',
  }
}

const checkDuration = (_context: Context, node: ASTNode): Problem | undefined => {
  const call = callOf(node)
  const [argument] = call?.name === 'duration' ? call.args : []
  const text = textLiteral(argument)
  if (argument === undefined || text === undefined || DURATION_TEXT.test(text)) return undefined
  return {
    rule: 'expression-duration',
    node: argument,
    message: `"${text}" is not a duration`,
    suggestion: 'write "90s", "5m" or "1h30m"',
  }
}

const DURATION_TEXT = /^-?(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/

const RULES = [checkStepId, checkHas, checkDivision, checkDuration] as const
