import type { ASTNode } from '@marcbachmann/cel-js'
import { entryOf } from '../../source/node.js'
import { report } from '../draft.js'
import { childrenOf, namesOf, textLiteral } from '../expressions/ast.js'
import type { Whole } from '../whole.js'

/** Inputs that are asked for and then used by no expression. */
export const checkInputs = ({ draft, root, trees }: Whole): void => {
  const inputs = entryOf(root, 'inputs')?.node
  if (inputs?.kind !== 'map') return
  const used = new Set<string>()
  for (const tree of trees.values()) addUsed(used, tree)
  if (used.has(ALL)) return
  for (const { key, keySpan } of inputs.entries) {
    if (used.has(key)) continue
    report(draft, keySpan, {
      rule: 'unused-input',
      severity: 'warning',
      message: `no expression uses the input \`${key}\`, and still it is asked for`,
      suggestion: `delete it, or use it as \${{ inputs.${key} }}`,
    })
  }
}

/** No input has this name: `inputs` itself is used, and so any of them may be. */
const ALL = '*'

const addUsed = (used: Set<string>, node: ASTNode): void => {
  const names = namesOf(node)
  if (names) {
    if (names[0] === 'inputs') used.add(names[1] ?? ALL)
    return
  }
  const key =
    node.op === '[]' && namesOf(node.args[0])?.join() === 'inputs' ? textLiteral(node.args[1]) : undefined
  if (key !== undefined) used.add(key)
  else for (const child of childrenOf(node)) addUsed(used, child)
}
