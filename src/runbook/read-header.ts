import type { z } from 'zod'
import type { Json } from '../domain/json.js'
import type { InputSpec } from '../domain/runbook.js'
import { decode } from '../source/decode.js'
import { foundName } from '../source/explain-issue.js'
import { entryOf, headSpan, type MapEntry, type MapNode, nodeAt, type SourceNode } from '../source/node.js'
import { defined } from './defined.js'
import { type Draft, report } from './draft.js'
import { wrongInputValue } from './input-text.js'
import { badInputName } from './names.js'
import { HEADER_SCHEMA, INPUT_SCHEMA } from './schema.js'

export type Header = z.output<typeof HEADER_SCHEMA>

/** Everything but the steps. Undefined, and reported, where a part of it is wrong; inputs are noted all the same. */
export const readHeader = (draft: Draft, root: MapNode): Header | undefined => {
  const inputs = entryOf(root, 'inputs')?.node
  if (inputs?.kind === 'map') for (const entry of inputs.entries) readInput(draft, entry)
  const decoded = decode(draft.source, root, HEADER_SCHEMA)
  if (decoded.ok) return decoded.value
  draft.diagnostics.push(...decoded.diagnostics)
  return undefined
}

const readInput = (draft: Draft, { key, keySpan, node }: MapEntry): void => {
  const bad = badInputName(key)
  if (bad) report(draft, keySpan, { rule: 'bad-id', ...bad })
  draft.inputs.set(key, undefined)
  const decoded = decode(draft.source, node, INPUT_SCHEMA)
  if (!decoded.ok) {
    draft.diagnostics.push(...decoded.diagnostics)
    return
  }
  const { type, ask, from_alert: fromAlert, options } = decoded.value
  const fallback = decoded.value.default as Json | undefined // it was read from a tree of JSON values
  const spec: InputSpec = { type, ...defined({ ask, default: fallback, fromAlert, options }) }
  draft.inputs.set(key, spec)
  checkOptions(draft, spec, node)
  checkDefault(draft, spec, node)
}

const checkOptions = (draft: Draft, { type, options }: InputSpec, node: SourceNode): void => {
  if (type === 'choice' && options === undefined) {
    const suggestion = 'options: [first, second]'
    report(draft, headSpan(node), { rule: 'missing-key', message: 'a choice needs `options`', suggestion })
  }
  const given = entryOf(node, 'options')
  if (type === 'choice' || !given) return
  const message = `\`options\` belongs to type choice, not to ${type}`
  report(draft, given.keySpan, { rule: 'misplaced-key', message })
}

const checkDefault = (draft: Draft, spec: InputSpec, node: SourceNode): void => {
  const given = nodeAt(node, ['default'])
  const wrong =
    given === undefined || spec.default === undefined ? undefined : wrongInputValue(spec, spec.default)
  if (given === undefined || wrong === undefined) return
  report(draft, headSpan(given), {
    rule: 'wrong-type',
    message: `the default must be ${wrong}, found ${foundName(given)}`,
  })
}
