import type { Json } from '../../domain/json.js'
import type { Template } from '../../domain/runbook.js'
import { plainValue, type SourceNode } from '../../source/node.js'

/** A `${{ }}` in a text: its expression without blanks around it, and where that begins. */
export type Interpolation = { readonly cel: string; readonly offset: number }

type ParsedText =
  | { readonly ok: true; readonly parts: readonly (string | Interpolation)[]; readonly whole: boolean }
  | { readonly ok: false; readonly offset: number; readonly message: string }

const OPEN = '${{'

/** A text cut at its `${{ }}`. `whole` where it is nothing but one of them, so that its value keeps its type. */
export const parseTemplateText = (text: string): ParsedText => {
  const parts: (string | Interpolation)[] = []
  let from = 0
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, from)) {
    const close = findClose(text, open + OPEN.length)
    if (close === undefined) return { ok: false, offset: open, message: 'this `${{` is not closed by `}}`' }
    const inner = text.slice(open + OPEN.length, close)
    if (inner.trim() === '')
      return { ok: false, offset: open, message: 'there is no expression in this `${{ }}`' }
    if (open > from) parts.push(text.slice(from, open))
    parts.push({ cel: inner.trim(), offset: open + OPEN.length + (inner.length - inner.trimStart().length) })
    from = close + 2
  }
  if (from < text.length) parts.push(text.slice(from))
  const solid = parts.filter(part => typeof part !== 'string' || part.trim() !== '')
  return { ok: true, parts, whole: solid.length === 1 && typeof solid[0] === 'object' }
}

/** A tree with `${{ }}` in its texts; whatever has none is a literal. Texts that do not parse stay literal. */
export const templateOf = (node: SourceNode): Template => {
  if (node.kind === 'scalar')
    return typeof node.value === 'string' ? textTemplate(node.value) : { literal: node.value }
  const children = node.kind === 'list' ? node.items : node.entries.map(entry => entry.node)
  const templates = children.map(templateOf)
  if (templates.every(isLiteral)) return { literal: plainValue(node) }
  if (node.kind === 'list') return { list: templates }
  const keyed = node.entries.map(({ key }, index) => [key, templates[index] ?? { literal: null }] as const)
  return { map: Object.fromEntries(keyed) }
}

const isLiteral = (template: Template): template is { literal: Json } => 'literal' in template

const textTemplate = (text: string): Template => {
  const parsed = parseTemplateText(text)
  if (!parsed.ok) return { literal: text }
  const cels = parsed.parts.filter(part => typeof part !== 'string')
  const [only] = cels
  if (!only) return { literal: text }
  if (parsed.whole) return { cel: only.cel }
  return { text: parsed.parts.map(part => (typeof part === 'string' ? part : { cel: part.cel })) }
}

/** The `}}` that closes it; braces of map literals and quotes inside belong to the expression. */
const findClose = (text: string, start: number): number | undefined => {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at]
    if (sign === '"' || sign === "'") at = endOfQuote(text, at, sign)
    else if (sign === '{') depth += 1
    else if (sign === '}' && depth > 0) depth -= 1
    else if (sign === '}' && text[at + 1] === '}') return at
  }
  return undefined
}

const endOfQuote = (text: string, start: number, quote: string): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at
  }
  return text.length
}
