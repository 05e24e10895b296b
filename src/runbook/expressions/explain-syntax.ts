/** What was most likely meant by a text that is no expression, by what stands at or before the place where it breaks. */
export const explainSyntax = (expression: string, at: number): string | undefined => {
  const code = withoutTexts(expression)
  const found = MISTAKES.find(({ pattern }) => broken(code, pattern, at))
  const match = found && broken(code, found.pattern, at)
  return match && found?.says(match[0].trim())
}

/** The same characters, with blanks for those of texts: what stands in quotes breaks nothing. */
const withoutTexts = (expression: string): string =>
  expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, text => '_'.repeat(text.length))

/** A match that touches the place: the library says where it could not go on, which may be inside a word or after it. */
const broken = (code: string, pattern: RegExp, at: number): RegExpMatchArray | undefined =>
  [...code.matchAll(pattern)].find(({ index, 0: text }) => index <= at && at <= index + text.length)

type Mistake = { readonly pattern: RegExp; readonly says: (written: string) => string }

const OPERATORS: { readonly [word: string]: string } = { and: '&&', or: '||', not: '!' }

const MISTAKES: readonly Mistake[] = [
  { pattern: /(?<![=!<>])=(?!=)/g, says: () => 'did you mean `==`?' },
  { pattern: /(?<!&)&(?!&)/g, says: () => 'did you mean `&&`?' },
  { pattern: /(?<!\|)\|(?!\|)/g, says: () => 'did you mean `||`?' },
  {
    pattern: /\b(?:and|or|not)\b\s*/gi,
    says: word => `CEL writes \`${OPERATORS[word.toLowerCase()]}\` for \`${word}\``,
  },
  { pattern: /(?<![\w.])(?:\d+(?:\.\d+)?(?:ms|[smh]))+\b/g, says: written => `write duration("${written}")` },
  {
    pattern: /\?[^:]*$/g,
    says: () => 'the `:` part is missing: condition ? value : other value',
  },
]
