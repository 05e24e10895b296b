import type { ZodObject, ZodType } from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { decode } from '../../source/decode.js'
import type { Diagnostic } from '../../source/diagnostic.js'
import { nearest } from '../../source/nearest.js'
import type { MapNode, ScalarNode, SourceNode } from '../../source/node.js'
import { spanInScalar } from '../../source/scalar-offset.js'
import { isOptional, unwrapSchema } from '../../source/schema-shape.js'
import type { Span } from '../../source/source.js'
import { type Draft, report } from '../draft.js'
import { suggestName } from '../names.js'
import { reportComment } from './comment-trap.js'
import { type Interpolation, parseTemplateText } from './template.js'

/**
 * The `with` of a check or action against its input schema: unknown and missing keys, literals of a wrong
 * type. Expressions in it become sites that are checked by type later.
 */
export const checkArguments = (
  draft: Draft,
  schema: ZodObject,
  node: SourceNode | undefined,
  at: Span,
): void => {
  const shape: Readonly<Record<string, $ZodType>> = schema.shape
  const map: MapNode = node?.kind === 'map' ? node : { kind: 'map', ...at, entries: [] }
  const before = draft.diagnostics.length
  checkKeys(draft, shape, map, '', at)
  if (before !== draft.diagnostics.length || hasTemplate(map)) return
  reportLiterals(draft, decode(draft.source, map, schema), '')
}

const checkKeys = (
  draft: Draft,
  shape: Readonly<Record<string, $ZodType>>,
  node: MapNode,
  path: string,
  at: Span,
): void => {
  const known = Object.keys(shape)
  const strangers = node.entries.filter(({ key }) => !known.includes(key))
  for (const { key, keySpan } of strangers) {
    const message = `\`${join(path, key)}\` is not taken here`
    report(draft, keySpan, { rule: 'with-unknown-key', message, suggestion: suggestName(key, known, 'keys') })
  }
  for (const [key, field] of Object.entries(shape)) {
    const given = node.entries.find(entry => entry.key === key)
    if (given) checkValue(draft, field, given.node, join(path, key))
    if (given || isOptional(field)) continue
    if (strangers.some(stranger => nearest(stranger.key, known) === key)) continue // misspelt, and said so
    report(draft, at, { rule: 'with-missing-key', message: `\`${join(path, key)}\` is missing in \`with\`` })
  }
}

const checkValue = (draft: Draft, schema: $ZodType, node: SourceNode, path: string): void => {
  if (!hasTemplate(node)) {
    reportLiterals(draft, decode(draft.source, node, schema as ZodType), path)
    return
  } // every schema of the catalogue is one of zod's full classes
  if (node.kind === 'scalar') {
    checkText(draft, schema, node, path)
    return
  }
  const { def } = unwrapSchema(schema)._zod
  if (node.kind === 'list' && def.type === 'array') {
    for (const [index, item] of node.items.entries()) checkValue(draft, def.element, item, `${path}[${index}]`)
  } else if (node.kind === 'map' && def.type === 'object') {
    checkKeys(draft, def.shape, node, path, node.entries[0]?.keySpan ?? node)
  } else if (node.kind === 'map' && def.type === 'record') {
    for (const { key, node: value } of node.entries) checkValue(draft, def.valueType, value, join(path, key))
  } else if (FIXED.has(def.type)) {
    reportLiterals(draft, decode(draft.source, node, schema as ZodType), path) // as above
  } else {
    collectTemplates(draft, node)
  }
}

/** Schemas that no list and no map can satisfy, whatever its expressions give. */
const FIXED: ReadonlySet<string> = new Set([
  'string',
  'number',
  'int',
  'boolean',
  'enum',
  'array',
  'object',
  'record',
])

const checkText = (draft: Draft, schema: $ZodType, node: ScalarNode, path: string): void => {
  const { whole, found } = readInterpolations(draft, node)
  for (const { cel, offset } of found) {
    const expectation = whole ? ({ kind: 'argument', schema, path } as const) : ({ kind: 'text' } as const)
    draft.sites.push({ node, offset, expression: cel, expectation, block: draft.block })
  }
  const type = unwrapSchema(schema)._zod.def.type
  if (
    whole ||
    found.length === 0 ||
    (type !== 'number' && type !== 'boolean' && type !== 'array' && type !== 'object')
  )
    return
  const message = `\`${path}\` is not text, and an expression with text around it gives text`
  report(draft, node, { rule: 'with-type', message, suggestion: 'write the ${{ }} alone' })
}

/** Every expression in the texts of a tree, as parts of text: for messages, and where no schema says more. */
export const collectTemplates = (draft: Draft, node: SourceNode): void => {
  if (node.kind === 'list') for (const item of node.items) collectTemplates(draft, item)
  else if (node.kind === 'map') for (const { node: value } of node.entries) collectTemplates(draft, value)
  else {
    for (const { cel, offset } of readInterpolations(draft, node).found) {
      draft.sites.push({ node, offset, expression: cel, expectation: { kind: 'text' }, block: draft.block })
    }
  }
}

/** The `${{ }}` of a text; what is wrong with them is reported. */
export const readInterpolations = (
  draft: Draft,
  node: ScalarNode,
): { readonly whole: boolean; readonly found: readonly Interpolation[] } => {
  if (typeof node.value !== 'string') return { whole: false, found: [] }
  const parsed = parseTemplateText(node.value)
  if (parsed.ok) return { whole: parsed.whole, found: parsed.parts.filter(part => typeof part !== 'string') }
  if (reportComment(draft, node)) return { whole: false, found: [] }
  const span = spanInScalar(draft.source, node, parsed.offset, parsed.offset + 3)
  report(draft, span, {
    rule: 'template-syntax',
    message: parsed.message,
    suggestion: 'an expression stands in ${{ and }}',
  })
  return { whole: false, found: [] }
}

const hasTemplate = (node: SourceNode): boolean => {
  if (node.kind === 'list') return node.items.some(hasTemplate)
  if (node.kind === 'map')
    return node.entries.some(({ key, node: value }) => key.includes('${{') || hasTemplate(value))
  return typeof node.value === 'string' && node.value.includes('${{')
}

const reportLiterals = (draft: Draft, decoded: ReturnType<typeof decode>, path: string): void => {
  if (decoded.ok) return
  for (const diagnostic of decoded.diagnostics) draft.diagnostics.push(asArgument(diagnostic, path))
}

const asArgument = (diagnostic: Diagnostic, path: string): Diagnostic => ({
  ...diagnostic,
  rule: ARGUMENT_RULES[diagnostic.rule] ?? diagnostic.rule,
  message:
    path === '' || diagnostic.message.startsWith('`')
      ? diagnostic.message
      : `\`${path}\` ${diagnostic.message}`,
})

const ARGUMENT_RULES: { readonly [rule: string]: string } = {
  'wrong-type': 'with-type',
  'bad-value': 'with-type',
  'unknown-key': 'with-unknown-key',
  'missing-key': 'with-missing-key',
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
