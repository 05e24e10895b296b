import type { ASTNode } from '@marcbachmann/cel-js'

/** A node of an expression and all below it, as written: macros are not expanded. */
export const walk = (node: ASTNode): readonly ASTNode[] => {
  const all = [node]
  // It grows while it is gone through.
  for (const one of all) collect(one.args, all)
  return all
}

export const childrenOf = ({ args }: ASTNode): readonly ASTNode[] => {
  const children: ASTNode[] = []
  collect(args, children)
  return children
}

/** The nodes among an operator's arguments, which may be lists of lists. */
const collect = (args: unknown, into: ASTNode[]): void => {
  if (Array.isArray(args)) for (const one of args) collect(one, into)
  else if (isNode(args)) into.push(args)
}

/** `steps.survey.hot` as its names; undefined for anything that is not names joined by dots. */
export const namesOf = (node: ASTNode): readonly string[] | undefined => {
  if (node.op === 'id') return [node.args]
  if (node.op !== '.') return undefined
  const [left, name] = node.args
  const before = namesOf(left)
  return before === undefined ? undefined : [...before, name]
}

/** The function that a node calls, and with what: `size(x)`, not `x.size()`. */
export const callOf = (
  node: ASTNode,
): { readonly name: string; readonly args: readonly ASTNode[] } | undefined =>
  node.op === 'call' ? { name: node.args[0], args: node.args[1] } : undefined

export const textLiteral = (node: ASTNode | undefined): string | undefined =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined

/** The type that the checker found; it stores it on the node, which its own typings leave out. */
export const checkedTypeOf = (node: ASTNode | undefined): string | undefined => {
  if (node === undefined || !('checkedType' in node)) return undefined
  const type = node.checkedType
  return typeof type === 'object' && type !== null && 'name' in type ? String(type.name) : undefined
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value
