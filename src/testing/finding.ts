import { type Diagnostic, diagnose } from '../source/diagnostic.js'
import { didYouMean } from '../source/nearest.js'
import { entryOf, headSpan, nodeAt, type Path, type SourceNode } from '../source/node.js'
import type { Source, Span } from '../source/source.js'
import type { TestRule } from './rules.js'

export type Place = { readonly source: Source; readonly root: SourceNode }

export const finding = (
  { source, root }: Place,
  at: Span | undefined,
  rule: TestRule,
  message: string,
  suggestion?: string,
): Diagnostic => diagnose(source, at ?? headSpan(root), { rule, message, suggestion })

export const unknown = (
  place: Place,
  at: Span | undefined,
  name: string,
  known: readonly string[],
  what: string,
  help = didYouMean(name, known) ?? thereAre(known),
): Diagnostic => finding(place, at, 'test-unknown-name', `\`${name}\` is not ${what}`, help)

/** Each name once: a runbook and one that it leads to may both have it. */
export const thereAre = (known: readonly string[]): string =>
  `there are: ${[...new Set(known)].join(', ') || 'none'}`

export const keyAt = ({ root }: Place, path: Path, key: string): Span | undefined =>
  entryOf(nodeAt(root, path), key)?.keySpan
