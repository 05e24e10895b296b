import type { ASTNode } from '@marcbachmann/cel-js'
import { didYouMean } from '../../source/nearest.js'
import type { Draft, Site } from '../draft.js'
import { KNOWN_NAMES, suggestName } from '../names.js'
import { checkedTypeOf } from './ast.js'
import type { CelFailure } from './cel-failure.js'
import { describeType } from './cel-types.js'
import { explainSyntax } from './explain-syntax.js'
import { type InnerStep, innerStep } from './inner-step.js'
import { isScope } from './output-types.js'
import { resultOf } from './result-of.js'
import type { TypedEnvironment } from './typed-environment.js'

export type Explained = {
  readonly rule: string
  readonly message: string
  readonly suggestion?: string | undefined
}

/** A failed parse or type check in the operator's words, with the nearest name that is known. */
export const explainCelFailure = (
  draft: Draft,
  environment: TypedEnvironment,
  site: Site,
  failure: CelFailure,
): Explained => {
  switch (failure.code) {
    case 'no_such_key':
      return explainField(draft, environment, site, failure)
    case 'unknown_variable':
      return explainVariable([...environment.variables(site.block).keys()], site, failure)
    case 'no_matching_overload':
      return explainCall(environment, failure)
    case 'no_such_overload':
      return explainOperator(environment, failure)
    case 'limit_exceeded':
      return {
        rule: 'expression-too-large',
        message: 'this expression is too large or too deep',
        suggestion: 'split it over two steps',
      }
    default:
      return PARSE_CODES.test(failure.code)
        ? {
            rule: 'expression-syntax',
            message: stray(site.expression, failure) ?? sentence(failure.summary),
            suggestion: explainSyntax(site.expression, failure.start),
          }
        : {
            rule: 'expression-type',
            message: sentence(failure.summary.replace("type 'undefined'", 'what an empty list holds')),
          }
  }
}

const PARSE_CODES =
  /^(expected|unexpected|unterminated|invalid_(number|exponent|.*escape.*)|newline|reserved|parse)/

const explainField = (
  draft: Draft,
  { types }: TypedEnvironment,
  { block }: Site,
  { node, summary }: CelFailure,
): Explained => {
  const rule = 'expression-unknown-field'
  const left = node?.op === '.' || node?.op === '[]' ? node.args[0] : undefined
  const name = /^No such key: (.*)$/.exec(summary)?.[1] ?? ''
  const type = checkedTypeOf(left) ?? ''
  const known = [...(types.fields.get(type)?.keys() ?? [])]
  if (isScope(type)) return { rule, ...explainStep(innerStep(draft, block, name), name, known) }
  if (type === 'inputs')
    return { rule, message: `there is no input \`${name}\``, suggestion: suggestName(name, known, 'inputs') }
  return { rule, message: `there is no field \`${name}\` here`, suggestion: suggestName(name, known, 'fields') }
}

const explainStep = (
  inner: InnerStep | undefined,
  name: string,
  known: readonly string[],
): Omit<Explained, 'rule'> => {
  if (inner?.path !== undefined)
    return {
      message: `\`${name}\` stands inside ${inner.where}, and has another path here`,
      suggestion: `if it has an output, that is ${inner.path}`,
    }
  if (inner)
    return {
      message: `\`${name}\` stands inside ${inner.where}, beside this: it may not be finished here`,
      suggestion: 'look at it in a step after them',
    }
  return { message: `no step \`${name}\` with an output`, suggestion: suggestName(name, known, 'steps') }
}

const explainVariable = (
  variables: readonly string[],
  site: Site,
  { node, summary, start, end }: CelFailure,
): Explained => {
  const name = node?.op === 'id' ? node.args : summary.replace('Unknown variable: ', '')
  const rule = 'expression-unknown-name'
  if (name === 'result') {
    const { expectation } = site
    const until = expectation.kind === 'condition' && expectation.key === 'until'
    return {
      rule,
      message: `\`result\` is known in ${until ? 'an `until` with `again` beside it' : 'the `expect` of a check'} only`,
      suggestion: until ? 'add again: id of a check' : 'elsewhere write steps.<id of the check>',
    }
  }
  const known = resultOf(site) === undefined ? variables : [...variables, 'result']
  return {
    rule,
    message: `\`${name}\` is not known here`,
    suggestion:
      meantAsId(site.expression, { name, start, end }) ??
      BOOLEANS[name.toLowerCase()] ??
      suggestName(name, known, 'names') ??
      quoteIt(name),
  }
}

/** `outcome(look)`: the id of a step is text. */
const meantAsId = (
  expression: string,
  { name, start, end }: { readonly name: string; readonly start: number; readonly end: number },
): string | undefined => {
  const before = /\b(outcome|visits)\(\s*$/.exec(expression.slice(0, start))
  if (!before || !/^\s*\)/.test(expression.slice(end))) return undefined
  return `the id of a step stands in quotes: ${before[1]}("${name}")`
}

/** Words that older YAML took for them. */
const BOOLEANS: { readonly [word: string]: string } = {
  yes: 'write true',
  on: 'write true',
  no: 'write false',
  off: 'write false',
}

const quoteIt = (name: string): string => `if it is text, put it in quotes: "${name}"`

const explainCall = ({ types }: TypedEnvironment, { node, summary }: CelFailure): Explained => {
  const rule = 'expression-call'
  const [name, args] =
    node?.op === 'call' ? node.args : node?.op === 'rcall' ? [node.args[0], node.args[2]] : []
  if (name === undefined || args === undefined) return { rule, message: sentence(summary) }
  const known = node?.op === 'call' ? FUNCTIONS : METHODS
  if (!known.includes(name))
    return { rule, message: `there is no function \`${name}\``, suggestion: didYouMean(name, known) }
  const given = args.map(argument => describe(types, argument)).join(' and ') || 'nothing'
  return { rule, message: `\`${name}\` does not take ${given} here` }
}

const explainOperator = ({ types }: TypedEnvironment, { node, summary }: CelFailure): Explained => {
  const rule = 'expression-type'
  if (!node || !Array.isArray(node.args)) return { rule, message: sentence(summary) }
  const [left, right] = node.args.map(argument => describe(types, argument))
  const message = `\`${node.op}\` does not work between ${left} and ${right}`
  return { rule, message, suggestion: matchSides(left ?? '', right ?? '') }
}

const matchSides = (left: string, right: string): string => {
  const number = left === 'a number' || right === 'a number'
  const text = left === 'text' || right === 'text'
  const many = [left, right].find(side => /^a (list|map)/.test(side))
  if (number && text) return 'write string(…) around the number, or double(…) around the text'
  if (number && many)
    return `write size(…) around the ${many.startsWith('a list') ? 'list' : 'map'}: how many there are`
  return 'put values of the same type on both sides'
}

const describe = (types: TypedEnvironment['types'], node: unknown): string =>
  // the operands of an operator and the arguments of a call are nodes; checkedTypeOf looks before it reads
  describeType(types, checkedTypeOf(node as ASTNode) ?? 'dyn')

const FUNCTIONS: readonly string[] = [
  ...KNOWN_NAMES.slice(-4),
  ...['bool', 'double', 'duration', 'int', 'string', 'timestamp', 'type'],
]

const METHODS: readonly string[] = [
  ...[
    'all',
    'contains',
    'endsWith',
    'exists',
    'exists_one',
    'filter',
    'getHours',
    'getMilliseconds',
    'getMinutes',
  ],
  ...['getSeconds', 'indexOf', 'join', 'lastIndexOf', 'lowerAscii', 'map', 'matches', 'size', 'split'],
  ...['startsWith', 'substring', 'trim', 'upperAscii'],
]

/** Of a word, the library names one character, and not always the first. */
const stray = (expression: string, { summary, start }: CelFailure): string | undefined => {
  const word = /^\w{2,60}/.exec(expression.slice(start))?.[0]
  return word !== undefined && summary.startsWith('Unexpected character')
    ? `\`${word}\` cannot stand here`
    : undefined
}

const sentence = (summary: string): string =>
  summary.includes('EOF') ? 'the expression ends too early' : summary.charAt(0).toLowerCase() + summary.slice(1)
