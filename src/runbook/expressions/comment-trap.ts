import { quoteLine } from '../../source/explain-yaml-error.js'
import type { ScalarNode } from '../../source/node.js'
import { restOfLine } from '../../source/source.js'
import { type Draft, report } from '../draft.js'

/**
 * `expect: x == "a # b"`: YAML cuts a bare value at ` #`. Called where what is left is broken at its
 * end; true where such a comment follows and was reported.
 */
export const reportComment = (draft: Draft, node: ScalarNode): boolean => {
  if (node.style !== 'plain') return false
  const blanks = /^[ \t]+(?=#)/.exec(restOfLine(draft.source, node.end))?.[0].length
  if (blanks === undefined) return false
  const start = node.end + blanks
  report(
    draft,
    { start, end: start + 1 },
    {
      rule: 'yaml-comment',
      message: 'YAML takes everything from this `#` on for a comment, so the expression is cut before it',
      suggestion: quoteLine(draft.source, node.start),
    },
  )
  return true
}
