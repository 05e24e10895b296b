/**
 * A text with «marks» around the place where a finding is expected: the text without them, and that
 * place, one-based, as a person would count it.
 */
export const unmark = (
  marked: string,
): { text: string; line: number; column: number; endLine: number; endColumn: number } => {
  const start = marked.indexOf('«')
  const end = marked.indexOf('»') - 1
  const text = marked.replace('«', '').replace('»', '')
  if (start === -1 || end < start) throw new Error(`no «marks» in ${marked}`)
  const [line, column] = count(text.slice(0, start))
  const [endLine, endColumn] = count(text.slice(0, end))
  return { text, line, column, endLine, endColumn }
}

const count = (before: string): [number, number] => {
  const lines = before.split('\n')
  return [lines.length, (lines.at(-1) ?? '').length + 1]
}
