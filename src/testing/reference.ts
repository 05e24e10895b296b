import type * as z from 'zod'
import { code, type Key, keysTable, markdownTable, prose } from '../domain/markdown.js'
import { DECISIONS } from './decisions.js'
import { CASE, FILE } from './schema.js'

/** Who reads the keys of a schema; this folder may not know the one that the language has. */
export type RowsOf = (schema: z.ZodObject, side: 'input') => readonly Key[]

/** By name of what a drill measures: what it means. */
export type MeasureWords = { readonly [name: string]: string }

/** The keys of a file of tests, in Markdown, from the schema that it is checked against. */
export const testFileReference = (rowsOf: RowsOf, measures: MeasureWords): string =>
  [
    '## Tests of a runbook',
    'A file `tests/NAME.test.yaml` beside the runbooks. `firebreak test` plays each of its cases as a drill.',
    '### The file',
    keysTable(rowsOf(FILE, 'input').filter(({ path }) => !path.startsWith('cases['))),
    '### A case',
    keysTable(rowsOf(CASE, 'input')),
    '### Decisions',
    'In a test file and in an answers file, for a step that can fail.',
    markdownTable(
      ['word', 'of which steps', 'what it does'],
      Object.entries(DECISIONS).map(([word, { means, only }]) => [
        code(word),
        STEPS[only ?? 'all'],
        prose(means),
      ]),
    ),
    '### What a drill measures',
    markdownTable(
      ['measure', 'what it is'],
      Object.entries(measures).map(([name, means]) => [code(name), prose(means)]),
    ),
  ]
    .map(part => `${part}\n`)
    .join('\n')

const STEPS = {
  all: 'all that can fail',
  inside: 'those inside others',
  check: code('check'),
  action: code('action'),
} as const
