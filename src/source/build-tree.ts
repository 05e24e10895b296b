import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml'
import { type Diagnostic, diagnose, type Finding } from './diagnostic.js'
import { explainTag } from './explain-yaml-error.js'
import { didYouMean } from './nearest.js'
import type { MapEntry, ScalarNode, ScalarStyle, SourceNode } from './node.js'
import { checkKey, checkScalar } from './scalar-rules.js'
import type { Source, Span } from './source.js'

const MOST_NODES = 50_000
const DEEPEST = 60

type Build = {
  readonly source: Source
  readonly diagnostics: Diagnostic[]
  /** Anchors whose nodes are complete, and how many nodes each one holds. */
  readonly anchors: Map<string, { readonly node: SourceNode; readonly nodes: number }>
  /** Nodes so far, those repeated by aliases counted each time. */
  nodes: number
}

/**
 * The document as plain nodes. Refused at their character: tags, merge keys, aliases that repeat
 * themselves or unfold to more than 50,000 nodes, duplicate keys, keys that reach into prototypes,
 * numbers that JSON cannot hold.
 */
export const buildTree = (
  source: Source,
  document: Document,
): { readonly root: SourceNode; readonly diagnostics: readonly Diagnostic[] } => {
  const build: Build = { source, diagnostics: [], anchors: new Map(), nodes: 0 }
  const root = buildNode(build, document.contents, { start: 0, end: 0 }, 0)
  return { root, diagnostics: build.diagnostics }
}

const buildNode = (build: Build, node: Node | null, missing: Span, depth: number): SourceNode => {
  if (node === null) return emptyAt(missing)
  const span = spanOf(node)
  if (isAlias(node)) return resolveAlias(build, node.source, span)
  if (depth > DEEPEST)
    return refuse(build, span, { rule: 'yaml-too-deep', message: `more than ${DEEPEST} levels deep` })
  if (build.nodes >= MOST_NODES) return refuse(build, span, TOO_MANY)
  const before = build.nodes
  build.nodes += 1
  if (node.tag !== undefined) refuseTag(build, node, missing)
  const built = buildContent(build, node, span, depth)
  if ('anchor' in node && node.anchor)
    build.anchors.set(node.anchor, { node: built, nodes: build.nodes - before })
  return built
}

const TOO_MANY: Finding = {
  rule: 'yaml-too-large',
  message: `this file unfolds to more than ${MOST_NODES} values`,
  suggestion: 'do not nest aliases of aliases',
}

const buildContent = (build: Build, node: Node, span: Span, depth: number): SourceNode => {
  if (isMap(node)) return { kind: 'map', ...span, entries: buildEntries(build, node.items, depth) }
  if (isSeq(node)) {
    // The parser makes every item of a parsed list a node or null.
    const items = node.items.map(item => buildNode(build, item as Node | null, span, depth + 1))
    return { kind: 'list', ...span, items }
  }
  return isScalar(node) ? buildScalar(build, node, span) : emptyAt(span)
}

const buildEntries = (build: Build, pairs: readonly Pair[], depth: number): MapEntry[] => {
  const seen = new Set<string>()
  const entries: MapEntry[] = []
  for (const pair of pairs) {
    const keyNode = pair.key as Node | null // the parser makes keys and values nodes or null
    const keySpan = keyNode === null ? { start: 0, end: 0 } : spanOf(keyNode)
    const key = isScalar(keyNode) ? keyText(build.source, keyNode, keySpan) : undefined
    const finding = checkKey(key, seen)
    if (finding) refuse(build, keySpan, finding)
    if (key === undefined || finding) continue
    seen.add(key)
    const after = { start: keySpan.end, end: keySpan.end + 1 }
    entries.push({ key, keySpan, node: buildNode(build, pair.value as Node | null, after, depth + 1) })
  }
  return entries
}

/** A key as written: `1:` is the key "1", and `yes:` is the key "yes". */
const keyText = ({ text }: Source, key: Scalar, span: Span): string =>
  typeof key.value === 'string' ? key.value : text.slice(span.start, span.end)

const buildScalar = (build: Build, node: Scalar, span: Span): ScalarNode => {
  const written = build.source.text.slice(span.start, span.end)
  const finding = checkScalar(node.value, written)
  if (finding) refuse(build, span, finding)
  const value = isPlainValue(node.value) ? node.value : null
  return { kind: 'scalar', ...span, value, style: STYLES[node.type ?? 'PLAIN'] ?? 'plain' }
}

const isPlainValue = (value: unknown): value is ScalarNode['value'] =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const STYLES: { readonly [type: string]: ScalarStyle } = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

const resolveAlias = (build: Build, name: string, span: Span): SourceNode => {
  const found = build.anchors.get(name)
  if (!found) {
    const suggestion = didYouMean(name, build.anchors.keys()) ?? 'quote the value if it is meant as text'
    const message = `\`*${name}\` repeats something that is not complete here: no anchor \`&${name}\` ends before it`
    return refuse(build, span, { rule: 'yaml-alias', message, suggestion })
  }
  build.nodes += found.nodes
  return build.nodes > MOST_NODES ? refuse(build, span, TOO_MANY) : found.node
}

/** Tags that YAML knows (`!!str`, a bare `!`) pass its parser in silence, and still eat what stands there. */
const refuseTag = (build: Build, node: Node, keyEnd: Span): void => {
  const valueStart = spanOf(node).start
  const start = build.source.text.indexOf('!', keyEnd.start)
  const at = start === -1 || start >= valueStart ? spanOf(node) : { start, end: valueStart }
  refuse(build, at, { rule: 'yaml-tag', ...explainTag(build.source, at.start, at.end) })
}

const refuse = (build: Build, span: Span, finding: Finding): ScalarNode => {
  if (build.diagnostics.every(({ rule }) => rule !== TOO_MANY.rule)) {
    build.diagnostics.push(diagnose(build.source, span, finding))
  }
  return emptyAt(span)
}

const emptyAt = (span: Span): ScalarNode => ({ kind: 'scalar', ...span, value: null, style: 'plain' })

const spanOf = ({ range }: Node): Span => ({ start: range?.[0] ?? 0, end: range?.[1] ?? 0 })
