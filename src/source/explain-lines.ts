import { type Diagnostic, diagnose, type Finding } from './diagnostic.js'
import { lineStartOf, restOfLine, type Source, type Span } from './source.js'

export const YAML_DASH = 'yaml-dash'

/** `-id: a` is a key called `-id`, and all that follows in the list fits nowhere. */
export const explainDash = (source: Source, offset: number): Diagnostic | undefined => {
  const line = lineStartOf(source, offset)
  const [, indent, name] = /^( *)-([A-Za-z_][\w-]*):(?=\s|$)/.exec(restOfLine(source, line)) ?? []
  if (indent === undefined || name === undefined) return undefined
  const start = line + indent.length
  return diagnose(
    source,
    { start, end: start + 1 + name.length },
    {
      rule: YAML_DASH,
      message: `YAML takes \`-${name}\` for one word, not for an entry of a list`,
      suggestion: dashWords(name),
    },
  )
}

export const dashWords = (name: string): string => `put a blank after the dash: - ${name}:`

/** A line that YAML takes for more of the value above it, until it finds a key in it. */
export const explainIndent = (source: Source, { start }: Span): Diagnostic | undefined => {
  const first = restOfLine(source, start)
  if (/:(\s|$)/.test(first)) return undefined
  const next = /\n( *(?:- +)*)([A-Za-z_][\w-]*):(?=\s|$)/.exec(source.text.slice(start))
  const above = /^\s*(?:- +)*([A-Za-z_][\w-]*):/.exec(restOfLine(source, lineStartOf(source, start)))?.[1]
  const [, indent, name] = next ?? []
  if (!next || indent === undefined || name === undefined || above === undefined) return undefined
  const at = start + next.index + 1 + indent.length
  return diagnose(
    source,
    { start: at, end: at + name.length },
    {
      rule: 'yaml-syntax',
      message: `\`${name}\` is indented further than the key \`${above}\` above it, so YAML takes it for more of its value`,
      suggestion: `indent it like \`${above}\`; if it is text, put that whole value in quotes`,
    },
  )
}

/** `wait:5m` and `notify x`: words without a key. */
export const explainKeyless = (source: Source, start: number): Omit<Finding, 'rule'> | undefined => {
  const parts = /^([A-Za-z_][\w-]*)(:?)( *)(\S.*)?$/.exec(restOfLine(source, start))
  const atFront = /^ *(?:- +)*$/.test(source.text.slice(lineStartOf(source, start), start))
  if (!parts || !atFront) return undefined
  const [, name = '', colon, , value = ''] = parts
  const written = `${name}: ${value.length > 60 ? '…' : value}`.trim()
  const message = 'there is no key in this line: a key has a `:` and a blank after it'
  const other = colon === '' ? '; if it belongs to the value above, indent it further' : ''
  return { message, suggestion: `write ${written}${other}` }
}
