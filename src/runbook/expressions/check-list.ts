import type { SourceNode } from '../../source/node.js'
import { type Draft, report, type Site } from '../draft.js'
import { collectTemplates, readInterpolations } from './check-arguments.js'

/** The list of an `each`: written out, or one expression, which is returned. */
export const noteList = (draft: Draft, node: SourceNode): Site | undefined => {
  if (node.kind === 'list') {
    collectTemplates(draft, node)
    return undefined
  }
  if (node.kind === 'map' || typeof node.value !== 'string') return undefined // the schema says so
  const before = draft.diagnostics.length
  const { whole, found } = readInterpolations(draft, node)
  const [only] = found
  if (whole && only) {
    const { offset, cel: expression } = only
    const site = { node, offset, expression, expectation: { kind: 'list' } as const, block: draft.block }
    draft.sites.push(site)
    return site
  }
  if (before !== draft.diagnostics.length) return undefined
  report(draft, node, {
    rule: 'wrong-type',
    message: '`each` must be a list, and this is text',
    suggestion: `write one expression that is a list, such as ${LOOKS_LIKE_ONE.test(node.value) ? `\${{ ${node.value} }}` : '${{ steps.look.hot }}'}`,
  })
  return undefined
}

/** Most likely only its braces are missing. */
const LOOKS_LIKE_ONE = /^(?:steps|inputs)\.[\w.]{1,60}$/
