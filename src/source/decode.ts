import type * as z from 'zod'
import { type Diagnostic, diagnose } from './diagnostic.js'
import { explainIssue, foundName, oneOf, typeName } from './explain-issue.js'
import { dashWords } from './explain-lines.js'
import { explainColon, quoted } from './explain-yaml-error.js'
import { didYouMean, nearest } from './nearest.js'
import { entryOf, headSpan, type MapEntry, nodeAt, type Path, plainValue, type SourceNode } from './node.js'
import { keysAt, schemasAt } from './schema-shape.js'
import type { Source } from './source.js'

type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

type Issue = z.core.$ZodIssue
type Place = { readonly source: Source; readonly root: SourceNode; readonly schema: z.ZodType }

/**
 * A node's value by its schema, or one diagnostic per finding, each at the node it speaks of: an unknown
 * key at that key, a missing one at the head of its map. A custom issue may name its `rule`, its
 * `suggestion`, and `at: 'key'`, in its `params`.
 */
export const decode = <T extends z.ZodType>(
  source: Source,
  root: SourceNode,
  schema: T,
): Decoded<z.output<T>> => {
  const parsed = schema.safeParse(plainValue(root), { error: explainIssue })
  if (parsed.success) return { ok: true, value: parsed.data }
  const place = { source, root, schema }
  return { ok: false, diagnostics: diagnoseAll(place, parsed.error.issues, []) }
}

const diagnoseAll = (place: Place, issues: readonly Issue[], base: Path): readonly Diagnostic[] =>
  issues
    .filter(issue => !isMisspelt(place, issues, issue, base))
    .flatMap(issue => diagnoseIssue(place, issue, base))

/** A missing key that stands there with a typo: the unknown key says it all. */
const isMisspelt = (place: Place, issues: readonly Issue[], { path }: Issue, base: Path): boolean => {
  if (path.length === 0 || nodeAt(place.root, [...base, ...path])) return false
  const parent = path.slice(0, -1)
  const known = keysAt(place.schema, [...base, ...parent], nodeAt(place.root, [...base, ...parent]))
  return issues.some(
    issue =>
      issue.code === 'unrecognized_keys' &&
      pathText(issue.path) === pathText(parent) &&
      issue.keys.some(key => nearest(key, known) === path.at(-1)),
  )
}

const diagnoseIssue = (place: Place, issue: Issue, base: Path): readonly Diagnostic[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(place, path, key))
  const node = nodeAt(place.root, path)
  if (!node) return [missing(place, issue, path)]
  if (issue.code === 'invalid_union') return diagnoseUnion(place, issue, path, node)
  if (issue.code === 'invalid_key') return [badKey(place, issue, path)]
  return [wrongValue(place, issue, path, node)]
}

const unknownKey = ({ source, root, schema }: Place, path: Path, key: string): Diagnostic => {
  const map = nodeAt(root, path)
  const entry = entryOf(map, key)
  const known = keysAt(schema, path, map)
  return diagnose(source, entry?.keySpan ?? headSpan(root), {
    rule: 'unknown-key',
    message: `\`${key}\` is no key of ${path.length === 0 ? 'this map' : `\`${pathText(path)}\``}`,
    suggestion:
      didYouMean(key, known) ?? (known.length > 0 ? `it can have ${oneOf(known.map(tick))}` : undefined),
  })
}

const missing = ({ source, root }: Place, issue: Issue, path: Path): Diagnostic => {
  const parent = nodeAt(root, path.slice(0, -1)) ?? root
  const own = issue.message.startsWith('must be ') ? `it ${issue.message}` : issue.message
  return diagnose(source, headSpan(parent), {
    rule: 'missing-key',
    message: `\`${String(path.at(-1))}\` is missing here`,
    suggestion: issue.code === 'custom' || issue.code === 'invalid_type' ? own : undefined,
  })
}

/** The findings of the one alternative whose kind of value this is; else all alternatives by name. */
const diagnoseUnion = (
  place: Place,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  node: SourceNode,
): readonly Diagnostic[] => {
  const ownMessage = issue.message !== 'has a shape that is not known here'
  const near = issue.errors.filter(alternative => !alternative.some(isWrongKind))
  const [only] = near
  if (only && near.length === 1 && !ownMessage) return diagnoseAll(place, only, path)
  const kinds = issue.errors.flatMap(alternative => alternative.filter(isWrongKind))
  const expected = kinds.map(inner =>
    inner.code === 'invalid_type' ? typeName(inner.expected) : inner.message.replace(/^must be /, ''),
  )
  const message =
    ownMessage || expected.length === 0 ? issue.message : `must be ${oneOf([...new Set(expected)])}`
  return [wrongValue(place, { ...issue, message }, path, node)]
}

const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

const badKey = (
  { source, root }: Place,
  issue: Extract<Issue, { code: 'invalid_key' }>,
  path: Path,
): Diagnostic => {
  const entry: MapEntry | undefined = entryOf(nodeAt(root, path.slice(0, -1)), String(path.at(-1)))
  const message = issue.issues[0]?.message ?? issue.message
  return diagnose(source, entry?.keySpan ?? headSpan(root), {
    rule: 'bad-key',
    message: sentence(path, message),
  })
}

const wrongValue = (place: Place, issue: Issue, path: Path, node: SourceNode): Diagnostic => {
  const { source } = place
  const wrongType = issue.code === 'invalid_type' || issue.code === 'invalid_union'
  if (wrongType && wantsText(place, path) && isTextWithColon(source, node)) return explainColon(source, node)
  const found =
    issue.message.startsWith('must be ') && issue.code !== 'custom' ? `, found ${foundName(node)}` : ''
  const own = issue.code === 'custom' ? issue.params : undefined
  const key =
    own?.at === 'key' ? entryOf(nodeAt(place.root, path.slice(0, -1)), String(path.at(-1))) : undefined
  return diagnose(source, key?.keySpan ?? headSpan(node), {
    rule: typeof own?.rule === 'string' ? own.rule : wrongType ? 'wrong-type' : 'bad-value',
    message: `${sentence(path, issue.message)}${found}`,
    suggestion: typeof own?.suggestion === 'string' ? own.suggestion : suggestionFor(place, issue, path, node),
  })
}

const wantsText = ({ schema }: Place, path: Path): boolean =>
  schemasAt(schema, path).some(({ _zod: { def } }) => def.type === 'string')

/** `expect:` and, on the next line, `x == "a: b"`: YAML makes a map of one key of it. */
const isTextWithColon = ({ text }: Source, node: SourceNode): boolean =>
  node.kind === 'map' && node.entries.length === 1 && !/^{|\n/.test(text.slice(node.start, node.end).trimEnd())

const suggestionFor = (place: Place, issue: Issue, path: Path, node: SourceNode): string | undefined => {
  const { source } = place
  const [first] = node.kind === 'map' ? node.entries : []
  if (first && /^-[A-Za-z]/.test(first.key)) return dashWords(first.key.slice(1))
  const words = issue.code === 'invalid_union' ? unionWords(place, issue, path) : wordsOf(issue)
  if (words.length > 0) return node.kind === 'scalar' ? didYouMean(String(node.value), words) : undefined
  if (issue.message !== `must be ${typeName('string')}` || node.kind !== 'scalar') return undefined
  const written = source.text.slice(node.start, node.end)
  return written === '' ? undefined : `if it is text, put it in quotes: ${quoted(written)}`
}

/** The words that the alternatives know; where a key tells them apart, the issue has none and the schema has them all. */
const unionWords = (
  { schema }: Place,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
): readonly string[] =>
  issue.errors.length > 0
    ? issue.errors.flat().flatMap(wordsOf)
    : schemasAt(schema, path).flatMap(({ _zod: { def } }) =>
        def.type === 'literal' ? def.values.map(String) : [],
      )

const wordsOf = (issue: Issue): readonly string[] =>
  issue.code === 'invalid_value' ? issue.values.map(String) : []

/** `steps[0].id must be text`, or the schema's own sentence after the place. */
const sentence = (path: Path, message: string): string => {
  const place = path.length === 0 ? '' : `\`${pathText(path)}\``
  if (place === '') return message
  if (message.startsWith('`')) return message
  return /^[A-Z"]/.test(message) ? `${place}: ${message}` : `${place} ${message}`
}

const pathText = (path: Path): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('')

const tick = (word: string): string => `\`${word}\``
