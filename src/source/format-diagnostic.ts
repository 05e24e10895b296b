import type { Diagnostic } from './diagnostic.js'

/** Sets off what is wrong from what is around it. */
export type PaintFinding = (severity: Diagnostic['severity'], text: string) => string

const WIDEST_EXCERPT = 100
const LONGEST_MESSAGE = 600

/**
 * `file:line:column: error[rule]: message`, the line with carets under the place, and `help:` with what
 * would be right. An empty source (a file that could not be read) has no excerpt.
 */
export const formatDiagnostic = (
  diagnostic: Diagnostic,
  sourceText: string,
  paint: PaintFinding = (_, text) => text,
): string => {
  const { file, line, column, severity, rule, message, suggestion } = diagnostic
  const name = paint(severity, `${severity}[${rule}]`)
  return [
    `${file}:${line}:${column}: ${name}: ${visible(message.slice(0, LONGEST_MESSAGE))}`,
    ...excerpt(diagnostic, sourceText, paint),
    ...(suggestion === undefined ? [] : [`  help: ${visible(suggestion.slice(0, LONGEST_MESSAGE))}`]),
  ].join('\n')
}

const excerpt = (diagnostic: Diagnostic, sourceText: string, paint: PaintFinding): string[] => {
  const { line, column, endLine, endColumn, severity } = diagnostic
  if (sourceText === '') return []
  const whole = (sourceText.split('\n', line)[line - 1] ?? '').replace(/^\uFEFF/, '').replace(/\r$/, '')
  const from = Math.max(0, column - 1 - WIDEST_EXCERPT / 2)
  const shown = visible(whole.slice(from, from + WIDEST_EXCERPT))
  const start = column - 1 - from
  const end = endLine === line ? endColumn - 1 - from : shown.length
  const carets = '^'.repeat(Math.max(1, Math.min(end, shown.length) - start))
  const gutter = String(line).padStart(5)
  return [
    `${gutter} | ${shown}`,
    `${' '.repeat(gutter.length)} | ${' '.repeat(start)}${paint(severity, carets)}`,
  ]
}

/** A file must not move the cursor or colour the screen; every control character is one blank or dot wide. */
const visible = (text: string): string => text.replaceAll('\t', ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '·')
