import type { YAMLError } from 'yaml'
import { type Diagnostic, diagnose } from './diagnostic.js'
import { explainDash, explainIndent, explainKeyless } from './explain-lines.js'
import { lineStartOf, restOfLine, type Source, type Span } from './source.js'

type Explained = { readonly message: string; readonly suggestion?: string | undefined }

/** An error or a warning of the YAML parser, said as what YAML made of the text and what to write instead. */
export const explainYamlError = (source: Source, error: YAMLError): Diagnostic => {
  const span = onText(source, { start: error.pos[0], end: error.pos[1] })
  const dash = explainDash(source, error.pos[0]) ?? explainDash(source, span.start)
  if (dash) return dash
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return explainIndent(source, span) ?? explainColon(source, span)
  if (source.text.startsWith('${{', error.pos[0] - 1)) return explainTemplate(source, error.pos[0] - 1)
  const { message, suggestion } = explained(source, error, span)
  return diagnose(source, span, { rule: RULES[error.code] ?? 'yaml-syntax', message, suggestion })
}

/** The first line of it. What is missing at the end of a line or file is shown at the last thing before it. */
const onText = ({ text }: Source, { start, end }: Span): Span => {
  const written = text.slice(start, end)
  const blank = /^\s*$/.test(written) && (written === '' || written.includes('\n'))
  if (!blank) return { start, end: start + (written.split('\n', 1)[0] ?? '').trimEnd().length }
  const last = text.slice(0, start).trimEnd().length
  return last === 0 ? { start, end } : { start: last - 1, end: last }
}

const RULES: { readonly [code: string]: string } = {
  TAG_RESOLVE_FAILED: 'yaml-tag',
  MULTIPLE_DOCS: 'yaml-documents',
  BLOCK_IN_FLOW: 'yaml-colon',
}

const LOOK_THERE =
  'compare the indentation with the lines above; quote a value that has one of : # [ ] { } ! & * in it'

const explained = (source: Source, { code, message }: YAMLError, { start, end }: Span): Explained => {
  switch (code) {
    case 'TAG_RESOLVE_FAILED':
      return explainTag(source, start, end)
    case 'MULTIPLE_DOCS':
      return {
        message: 'a second YAML document begins here',
        suggestion: 'one file holds one document: delete the `---`',
      }
    case 'BLOCK_IN_FLOW':
      return {
        message: 'inside { } and [ ], YAML takes `: ` for the end of a key',
        suggestion: 'put the value in quotes if the colon belongs to it',
      }
    case 'TAB_AS_INDENT':
      return { message: 'YAML does not allow tabs as indentation', suggestion: 'indent with spaces' }
    case 'UNEXPECTED_TOKEN':
    case 'BAD_SCALAR_START':
      return { message, suggestion: / in YAML stream/.test(message) ? undefined : quoteLine(source, start) }
    case 'BAD_INDENT':
      return { message: firstLine(message), suggestion: 'indent it like the lines that it belongs with' }
    case 'MULTILINE_IMPLICIT_KEY':
      return explainKeyless(source, start) ?? { message: firstLine(message), suggestion: LOOK_THERE }
    case 'MISSING_CHAR':
      if (message.startsWith('Implicit map keys')) {
        const keyless = explainKeyless(source, start)
        if (keyless) return keyless
      }
      return { message: firstLine(message), suggestion: 'add the character that is missing' }
    default:
      return { message: firstLine(message), suggestion: LOOK_THERE }
  }
}

/** `when: !x` is a tag `!x` on an empty value: nothing of the expression is left. */
export const explainTag = (source: Source, start: number, end: number): Explained => {
  const tag = source.text.slice(start, end).trimEnd()
  return {
    message: `YAML reads \`${tag}\` as a tag, not as part of the value, and drops it`,
    suggestion: quoteLine(source, start),
  }
}

export const YAML_TEMPLATE = 'yaml-template'

/** `{ cluster: ${{ x }} }`: inside braces and brackets, these braces are YAML's own. */
const explainTemplate = (source: Source, start: number): Diagnostic => {
  const written = /^\$\{\{.*?\}\}/.exec(restOfLine(source, start))?.[0] ?? '${{'
  return diagnose(
    source,
    { start, end: start + written.length },
    {
      rule: YAML_TEMPLATE,
      message: 'inside { } and [ ], YAML takes the braces of `${{ }}` for its own',
      suggestion: `put it in quotes: ${written.includes('"') ? quoted(written) : `"${written}"`}`,
    },
  )
}

/** `expect: x == "a: b"` is a map inside a line: point at the colon that made it one. */
export const explainColon = (source: Source, span: Span): Diagnostic => {
  const colon = restOfLine(source, span.start).search(/:(\s|$)/)
  const start = span.start + Math.max(0, colon)
  return diagnose(
    source,
    { start, end: start + 1 },
    {
      rule: 'yaml-colon',
      message: 'YAML takes this `: ` for the end of a key, so the value becomes a map',
      suggestion: quoteLine(source, span.start),
    },
  )
}

/** The whole value of a `key: value` line in single quotes, in which only the single quote is special. */
export const quoteLine = (source: Source, offset: number): string => {
  const line = restOfLine(source, lineStartOf(source, offset))
  if (/^\s*(?:- +)*[\w-]+: +\{/.test(line)) return 'put the value in quotes if it is text'
  const parts = /^\s*(?:- +)*([A-Za-z_][\w-]*): +(.+)$/.exec(line)
  if (!parts) return `put the whole value in quotes: ${quoted(line.trim())}`
  return `put the whole value in quotes: ${parts[1]}: ${quoted((parts[2] ?? '').trimEnd())}`
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message
