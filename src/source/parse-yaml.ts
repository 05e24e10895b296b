import { type Document, parseDocument, type YAMLError } from 'yaml'
import { buildTree } from './build-tree.js'
import { type Diagnostic, diagnose, type Finding, sortDiagnostics } from './diagnostic.js'
import { YAML_DASH } from './explain-lines.js'
import { explainYamlError, YAML_TEMPLATE } from './explain-yaml-error.js'
import type { SourceNode } from './node.js'
import { type Source, type Span, sourceOf } from './source.js'
import { findExcess } from './yaml-limits.js'

export type ParsedYaml = {
  readonly source: Source
  /** Absent where there is any diagnostic. */
  readonly root?: SourceNode
  readonly diagnostics: readonly Diagnostic[]
}

/** One broken quote makes a hundred errors: the first ones tell. */
const MOST_ERRORS = 20

/** Text to a YAML tree. Errors and warnings of YAML are both errors here. */
export const parseYaml = (text: string, file: string): ParsedYaml => parseSource(sourceOf(file, text))

export const parseSource = (source: Source): ParsedYaml => {
  const excess = findExcess(source)
  if (excess) return { source, diagnostics: [excess] }
  const document = parseDocument(source.text, {
    version: '1.2',
    prettyErrors: false,
    uniqueKeys: false, // quadratic there; the tree builder looks for them itself
  })
  const problems = withoutTwins([...document.errors, ...document.warnings]).map(error =>
    explainYamlError(source, error),
  )
  if (problems.length > 0) return { source, diagnostics: withoutEchoes(problems).slice(0, MOST_ERRORS) }
  const refused = refuseWhole(source, document)
  if (refused) return { source, diagnostics: [refused] }
  const { root, diagnostics } = buildTree(source, document)
  return diagnostics.length > 0
    ? { source, diagnostics: diagnostics.slice(0, MOST_ERRORS) }
    : { source, root, diagnostics }
}

/** A value that a line below it made a key is one mistake, which the parser tells twice. */
const withoutTwins = (errors: readonly YAMLError[]): readonly YAMLError[] => {
  const keys = new Set(errors.flatMap(({ code, pos }) => (code === 'BLOCK_AS_IMPLICIT_KEY' ? [pos[0]] : [])))
  return errors.filter(({ code, pos }) => code !== 'MULTILINE_IMPLICIT_KEY' || !keys.has(pos[0]))
}

/**
 * What the parser says after its first error in a line is mostly an echo of that error; and after a
 * `${{ }}` that it read as braces, or a dash that it took for a part of a word, everything is.
 */
const withoutEchoes = (problems: readonly Diagnostic[]): Diagnostic[] => {
  const sorted = sortDiagnostics(problems)
  const causes = sorted.filter(({ rule }) => rule === YAML_TEMPLATE || rule === YAML_DASH)
  const lines = new Set<number>()
  return (causes.length > 0 ? causes : sorted).filter(({ line }) => {
    const first = !lines.has(line)
    lines.add(line)
    return first
  })
}

const refuseWhole = (source: Source, document: Document): Diagnostic | undefined => {
  const at = (span: Span, finding: Finding): Diagnostic => diagnose(source, span, finding)
  if (document.directives?.yaml.explicit) {
    const start = source.text.indexOf('%')
    return at(
      { start, end: start + 5 },
      {
        rule: 'yaml-directive',
        message: 'a `%YAML` line changes how the rest is read',
        suggestion: 'delete that line; files are read as YAML 1.2',
      },
    )
  }
  if (/\S/.test(withoutComments(source.text))) return undefined
  const message = source.text.trim() === '' ? 'this file is empty' : 'this file has only comments'
  const suggestion = 'write its first key, or take the file back from where it was last whole'
  return at({ start: 0, end: 0 }, { rule: 'file-empty', message, suggestion })
}

const withoutComments = (text: string): string =>
  text.replace(/^\uFEFF/, '').replace(/^[ \t]*#.*$|^---[ \t]*$/gm, '')
