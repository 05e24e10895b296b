import { positionAt, type Source, type Span } from './source.js'

/** One finding. Lines and columns are one-based; the end is the first column after it. */
export type Diagnostic = {
  readonly rule: string
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly message: string
  /** What would be right. */
  readonly suggestion?: string
}

export type Finding = {
  readonly rule: string
  readonly message: string
  readonly suggestion?: string | undefined
  readonly severity?: Diagnostic['severity']
}

/** A finding at a place of a source. An error, where it does not say otherwise. */
export const diagnose = (source: Source, span: Span, finding: Finding): Diagnostic => {
  const start = positionAt(source, span.start)
  // An empty place is one character wide, on its own line: there may be a line break, or nothing.
  const end =
    span.end > span.start ? positionAt(source, span.end) : { line: start.line, column: start.column + 1 }
  return {
    rule: finding.rule,
    severity: finding.severity ?? 'error',
    file: source.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    message: finding.message,
    ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
  }
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

/** As people read a file: from the top. */
export const sortDiagnostics = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.toSorted(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule),
  )

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
