/** The places, from 0 and ascending, of those fields of a row that are looked at. */
export type Columns = {
  readonly places: readonly number[]
  /** What finds them in a row without quotes that has all of them. */
  readonly pattern: RegExp
}

/** Tables have some ninety columns, and hundreds of proxies are asked at once: only what is looked at is cut out. */
export const columnsAt = (places: readonly number[]): Columns => {
  const skipped = places.map((place, index) => place - (places[index - 1] ?? -1) - 1)
  return { places, pattern: new RegExp(skipped.map(n => `(?:[^,]*,){${n}}([^,]*)`).join(',')) }
}

/**
 * Rows of comma-separated fields, each with those of `columns` only; `""` inside quotes is a quote. A field that a
 * row lacks is empty. Undefined where a quote is never closed.
 */
export const parseCsv = (text: string, { places, pattern }: Columns): string[][] | undefined => {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? undefined : end).replace(/\r$/, '')
    const found = line.includes('"') ? undefined : pattern.exec(line)
    if (found) {
      rows.push(found.slice(1))
      at = end < 0 ? text.length : end + 1
      continue
    }
    const row = wholeRow(text, at)
    if (!row) return undefined
    rows.push(places.map(place => row.fields[place] ?? ''))
    at = row.end + 1
  }
  return rows
}

/** `end` is where the line end after the row stands. */
type Row = { readonly fields: string[]; readonly end: number }

/** Field by field: inside quotes, commas and line ends are part of it. */
const wholeRow = (text: string, start: number): Row | undefined => {
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
