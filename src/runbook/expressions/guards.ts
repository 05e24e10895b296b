import type { ASTNode } from '@marcbachmann/cel-js'
import { callOf, childrenOf, textLiteral } from './ast.js'
import { macroOf, type Reference, referenceOf, type Variables } from './references.js'

/** What is known to be there: paths below `steps`, their names joined by dots. */
type Known = ReadonlySet<string>

/** A step's output in an expression, or its outcome (`outcome("x")`), with what is known where it stands. */
export type Use = Reference & { readonly of: 'output' | 'outcome'; readonly known: Known }

const NONE: Known = new Set()
const NO_VARIABLES: Variables = new Map()

/** The outputs and outcomes that an expression looks at, each with what it asks for first with `has` and the like. */
export const usesOf = (
  node: ASTNode,
  known: Known = NONE,
  variables: Variables = NO_VARIABLES,
): readonly Use[] => {
  const below = (child: ASTNode, more?: Known): readonly Use[] =>
    usesOf(child, more === undefined ? known : union(known, more), variables)
  if (node.op === '&&' || node.op === '||') {
    // CEL looks at both sides in any order: what one side fails on does not matter where the other decides.
    const [left, right] = node.args
    const truth = node.op === '&&'
    return [
      ...below(left, knownWhen(right, truth, variables)),
      ...below(right, knownWhen(left, truth, variables)),
    ]
  }
  if (node.op === '?:') {
    const [test, then, otherwise] = node.args
    return [
      ...below(test),
      ...below(then, knownWhen(test, true, variables)),
      ...below(otherwise, knownWhen(test, false, variables)),
    ]
  }
  return usesIn(node, known, variables) ?? childrenOf(node).flatMap(child => below(child))
}

/** The uses of a node that is a reference, a question, or a macro over a list; undefined for any other. */
const usesIn = (node: ASTNode, known: Known, variables: Variables): readonly Use[] | undefined => {
  const own = ownUse(node, known, variables)
  if (own) return [own.use, ...own.inside.flatMap(child => usesOf(child, known, variables))]
  const asked = askedFor(node, variables)
  if (asked) {
    const path = asked.path.slice(0, -1) // that it is there is the question; what it is in has to be there
    return path.length === 0 ? [] : [{ ...asked, path, of: 'output', known }]
  }
  const macro = macroOf(node, variables, knownWhen)
  if (!macro) return undefined
  const { receiver, bodies } = macro
  return [
    ...usesOf(receiver, known, variables),
    ...bodies.flatMap(body => usesOf(body.node, union(known, body.facts), body.variables)),
  ]
}

type OwnUse = { readonly use: Use; readonly inside: readonly ASTNode[] }

const ownUse = (node: ASTNode, known: Known, variables: Variables): OwnUse | undefined => {
  const found = referenceOf(node, variables)
  if (found && found.path.length > 0) return { use: { ...found, of: 'output', known }, inside: found.inside }
  const call = callOf(node)
  const outcome = call?.name === 'outcome' ? textLiteral(call.args[0]) : undefined
  if (outcome === undefined) return undefined
  return { use: { path: [outcome], nodes: [node], of: 'outcome', known, inside: [] }, inside: [] }
}

/** What is known where a condition is true, or where it is false; for `isKnown`. */
export const knownWhen = (
  node: ASTNode | undefined,
  truth: boolean,
  variables: Variables = NO_VARIABLES,
): Known => {
  if (node === undefined) return NONE
  if (node.op === '!_') return knownWhen(node.args, !truth, variables)
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args.map(side => knownWhen(side, truth, variables))
    const both = (node.op === '&&') === truth
    return both ? union(left, right) : new Set([...(left ?? [])].filter(id => right?.has(id)))
  }
  const id = truth ? (askedFor(node, variables)?.path.join('.') ?? visited(node)) : notMissed(node)
  if (id !== undefined) return new Set([id])
  const judged = truth ? succeeded(node) : undefined
  return judged === undefined ? NONE : new Set([byOutcome(judged)])
}

/** Is a use of that path safe where those are known? */
export const isKnown = (known: Known, { path, of }: Pick<Use, 'path' | 'of'>): boolean => {
  const key = path.length === 1 ? (path[0] ?? '') : path.join('.')
  return known.has(key) || (of === 'output' && known.has(byOutcome(key)))
}

/** Known by its outcome, which itself fails where there is none: it makes no other look at the outcome safe. */
const byOutcome = (id: string): string => `outcome ${id}`

/** `has(steps.x)`, or of a path below. It says nothing of what the path begins with: where that is not there it fails. */
const askedFor = (node: ASTNode, variables: Variables): Reference | undefined => {
  const call = callOf(node)
  const [argument] = call?.name === 'has' ? call.args : []
  const found = argument && referenceOf(argument, variables)
  return found && found.path.length > 0 ? found : undefined
}

/** `visits("x") > 0`, `>= 1`, `!= 0`, and the same the other way round. */
const visited = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  if (compared?.call !== 'visits') return undefined
  const { op, id, value } = compared
  const least = op === '>' ? 0 : op === '>=' ? 1 : undefined
  if (least !== undefined) return Number(value) >= least ? id : undefined
  if (op === '!=') return Number(value) === 0 ? id : undefined
  return op === '==' && Number(value) > 0 ? id : undefined
}

/** `visits("x") == 0`, which is false where it was visited. */
const notMissed = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  if (compared?.call !== 'visits' || Number(compared.value) > 1) return undefined
  const { op, id, value } = compared
  return (op === '==' && Number(value) === 0) || (op === '<' && Number(value) === 1) ? id : undefined
}

/** Outcomes that come with an output: of a check, of an action. */
const WITH_OUTPUT: ReadonlySet<unknown> = new Set(['passed', 'failed', 'applied'])

/** `outcome("x") == "passed"`. A failed check has seen something; a failed action may have nothing to show. */
const succeeded = (node: ASTNode): string | undefined => {
  const compared = comparison(node)
  const fits = compared?.call === 'outcome' && compared.op === '==' && WITH_OUTPUT.has(compared.value)
  return fits ? compared.id : undefined
}

const MIRRORED: { readonly [op: string]: string } = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

type Comparison = {
  readonly op: string
  readonly call: string
  readonly id: string
  readonly value: unknown
}

/** A function of a step's id compared with a literal, the function on the left. */
const comparison = (node: ASTNode): Comparison | undefined => {
  if (!COMPARISONS.has(node.op)) return undefined
  const [left, right] = childrenOf(node)
  if (left === undefined || right === undefined) return undefined
  const [asked, literal, op] =
    right.op === 'value' ? [left, right, node.op] : [right, left, MIRRORED[node.op] ?? node.op]
  const call = callOf(asked)
  const id = textLiteral(call?.args[0])
  if (!call || id === undefined || literal.op !== 'value') return undefined
  return { op, call: call.name, id, value: literal.args }
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

const union = (a: Known | undefined, b: Known | undefined): Known => new Set([...(a ?? []), ...(b ?? [])])
