/**
 * Rows of comma-separated fields; `""` inside quotes is a quote. Undefined where a quote is never closed.
 * `enough`: how many fields of a row the caller looks at; those after them may be left out.
 */
export const parseCsv = (text: string, enough?: number): string[][] | undefined => {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end)
    const row = line.includes('"') ? quotedRow(text, at) : plainRow(line, at, enough)
    if (!row) return undefined
    rows.push(row.fields)
    at = row.end + 1
  }
  return rows
}

/** `end` is where the line end after the row stands. */
type Row = { readonly fields: string[]; readonly end: number }

const plainRow = (line: string, start: number, enough: number | undefined): Row => ({
  fields: line.replace(/\r$/, '').split(',', enough),
  end: start + line.length,
})

/** Field by field: inside quotes, commas and line ends are part of it. */
const quotedRow = (text: string, start: number): Row | undefined => {
  const fields: string[] = []
  for (let at = start; ; at += 1) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at)
    if (!field) return undefined
    fields.push(field.value)
    at = field.end
    if (text[at] !== ',') return { fields, end: at }
  }
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
