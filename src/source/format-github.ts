import type { Diagnostic } from './diagnostic.js'

/** A workflow command of GitHub Actions: the finding becomes an annotation at its place in the pull request. */
export const formatGithub = (diagnostic: Diagnostic): string => {
  const { severity, file, line, column, endLine, endColumn, rule, message, suggestion } = diagnostic
  const properties = {
    file,
    line: `${line}`,
    endLine: `${endLine}`,
    // Columns count only where both ends are on one line; the last one belongs to it.
    ...(line === endLine ? { col: `${column}`, endColumn: `${Math.max(column, endColumn - 1)}` } : {}),
    title: rule,
  }
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`)
  const text = suggestion === undefined ? message : `${message}\nhelp: ${suggestion}`
  return `::${severity} ${written.join(',')}::${escapeData(text)}`
}

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
