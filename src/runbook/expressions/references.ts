import type { ASTNode } from '@marcbachmann/cel-js'
import { textLiteral } from './ast.js'

/** A path below `steps`: `both.left.look`, or through an item of a list, whose place in it is a name of its own. */
export type Reference = {
  readonly path: readonly string[]
  /** The node at which each name of the path ends. */
  readonly nodes: readonly ASTNode[]
  /** Expressions inside it, such as an index. */
  readonly inside: readonly ASTNode[]
}

/** Variables that stand for a path, as those of `exists(x, …)` over items; undefined for any other variable. */
export type Variables = ReadonlyMap<string, Reference | undefined>

/** What an expression names below `steps`; undefined where it names something else. */
export const referenceOf = (node: ASTNode, variables: Variables): Reference | undefined => {
  const root = rootOf(node) // most expressions name something else: they are told apart before anything is made
  return root === 'steps' || (root !== undefined && variables.has(root)) ? below(node, variables) : undefined
}

const rootOf = (node: ASTNode): string | undefined => {
  let at = node
  while (at.op === '.' || at.op === '[]') at = at.args[0]
  return at.op === 'id' ? at.args : undefined
}

const below = (node: ASTNode, variables: Variables): Reference | undefined => {
  if (node.op === 'id') return ofName(node, node.args, variables)
  if (node.op === '.') {
    const [left, name] = node.args
    return extended(below(left, variables), name, node)
  }
  if (node.op === '[]') {
    const [left, key] = node.args
    const name = textLiteral(key)
    const found = below(left, variables)
    if (name !== undefined) return extended(found, name, node)
    return found && { ...elementOf(found, node), inside: [...found.inside, key] }
  }
  return undefined
}

const ofName = (node: ASTNode, name: string, variables: Variables): Reference | undefined => {
  if (variables.has(name)) {
    const known = variables.get(name)
    return known && { ...known, nodes: known.path.map(() => node) }
  }
  return name === 'steps' ? { path: [], nodes: [], inside: [] } : undefined
}

const extended = (found: Reference | undefined, name: string, node: ASTNode): Reference | undefined =>
  found && { ...found, path: [...found.path, name], nodes: [...found.nodes, node] }

/** An item of that list: which one is told by where the expression stands. No name of a step looks like it. */
export const elementOf = (list: Reference, node: ASTNode): Reference => ({
  ...list,
  path: [...list.path, `#${node.start}`],
  nodes: [...list.nodes, node],
})

export const isElement = (name: string): boolean => name.startsWith('#')

type Body = {
  readonly node: ASTNode
  readonly variables: Variables
  /** What is known in it, beside what is known around. */
  readonly facts: ReadonlySet<string>
}
type Macro = { readonly receiver: ASTNode; readonly bodies: readonly Body[] }
type KnownWhen = (node: ASTNode, truth: boolean, variables: Variables) => ReadonlySet<string>

const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** `list.exists(x, …)` and the like: what is done with each item, with the variable that stands for it. */
export const macroOf = (node: ASTNode, variables: Variables, knownWhen: KnownWhen): Macro | undefined => {
  if (node.op !== 'rcall') return undefined
  const [name, receiver, args] = node.args
  const [variable, first, second] = args
  if (!MACROS.has(name) || variable?.op !== 'id' || first === undefined) return undefined
  const { item, facts } = itemsOf(receiver, variables, knownWhen)
  const inside: Variables = new Map([...variables, [variable.args, item]])
  const bodies = [{ node: first, variables: inside, facts }]
  if (second === undefined) return { receiver, bodies }
  const more = new Set([...facts, ...knownWhen(first, true, inside)])
  return { receiver, bodies: [...bodies, { node: second, variables: inside, facts: more }] }
}

type Items = { readonly item: Reference | undefined; readonly facts: ReadonlySet<string> }

/** An item of a list; of one that was filtered, what the filter asked for is known. */
const itemsOf = (list: ASTNode, variables: Variables, knownWhen: KnownWhen): Items => {
  const found = referenceOf(list, variables)
  if (found) return { item: elementOf(found, list), facts: new Set() }
  if (list.op !== 'rcall' || list.args[0] !== 'filter') return { item: undefined, facts: new Set() }
  const [, receiver, args] = list.args
  const [variable, test] = args
  const { item, facts } = itemsOf(receiver, variables, knownWhen)
  if (variable?.op !== 'id' || test === undefined) return { item: undefined, facts }
  const inside: Variables = new Map([...variables, [variable.args, item]])
  return { item, facts: new Set([...facts, ...knownWhen(test, true, inside)]) }
}
