/** Rows of comma-separated fields; `""` inside quotes is a quote. Undefined where a quote is never closed. */
export const parseCsv = (text: string): string[][] | undefined => {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at)
    if (!field) return undefined
    row.push(field.value)
    at = field.end
    if (text[at] !== ',') {
      rows.push(row)
      row = []
    }
    at += 1
  }
  return row.length > 0 ? [...rows, row] : rows
}

/** `end` is where the comma or the line end after the field stands. */
type Field = { readonly value: string; readonly end: number }

const PLAIN = /[^,\n]*/y

const plainField = (text: string, start: number): Field => {
  PLAIN.lastIndex = start
  const value = PLAIN.exec(text)?.[0] ?? ''
  return { value: value.replace(/\r$/, ''), end: start + value.length }
}

const QUOTED = /"((?:[^"]|"")*)"\r?(?=,|\n|$)/y

const quotedField = (text: string, start: number): Field | undefined => {
  QUOTED.lastIndex = start
  const match = QUOTED.exec(text)
  if (!match) return undefined
  return { value: (match[1] ?? '').replaceAll('""', '"'), end: start + match[0].length }
}
