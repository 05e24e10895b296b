import type * as z from 'zod'
import { code, markdownTable, prose } from '../domain/markdown.js'
import { CASE, FILE } from './schema.js'

/** One key of a schema, in words. */
type Row = {
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly fallback: string | undefined
  readonly description: string | undefined
}

/** Who reads the keys of a schema; this folder may not know the one that the language has. */
export type RowsOf = (schema: z.ZodObject, side: 'input') => readonly Row[]

/** The keys of a file of tests, in Markdown, from the schema that it is checked against. */
export const testFileReference = (rowsOf: RowsOf): string =>
  [
    '## Tests of a runbook',
    'A file `tests/NAME.test.yaml` beside the runbooks. `firebreak test` plays each of its cases as a drill.',
    '### The file',
    tableOf(rowsOf(FILE, 'input').filter(({ path }) => !path.startsWith('cases['))),
    '### A case',
    tableOf(rowsOf(CASE, 'input')),
  ]
    .map(part => `${part}\n`)
    .join('\n')

const tableOf = (rows: readonly Row[]): string =>
  markdownTable(['key', 'type', 'required', 'default', 'what it is'], rows.map(cellsOf))

const cellsOf = ({ path, type, required, fallback, description = '' }: Row): readonly string[] => [
  code(path),
  prose(type),
  required ? 'yes' : 'no',
  fallback === undefined ? '' : code(fallback),
  prose(description),
]
