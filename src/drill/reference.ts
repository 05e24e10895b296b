import type * as z from 'zod'
import { code, markdownTable, prose } from '../domain/markdown.js'
import { FAULTS } from './scenario/faults.js'
import { scenarioSchema } from './scenario.js'

/** One key of a schema, in words. */
type Row = {
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly fallback: string | undefined
  readonly description: string | undefined
}

/** Who reads the keys of a schema; this folder may not know the one that the language has. */
type RowsOf = (schema: z.ZodObject, side: 'input') => readonly Row[]

/** The keys of a scenario and the faults that it can have, in Markdown, from the schemas that it is checked against. */
export const scenarioReference = (rowsOf: RowsOf): string =>
  [
    '## Scenarios',
    'A file `drills/NAME.yaml` beside the runbooks: a fleet on a calm day, and what goes wrong with it. `firebreak drill NAME` plays it. Moments are counted from the alert that starts the drill, `-4m` is before it.',
    '### The scenario',
    tableOf(rowsOf(scenarioSchema, 'input').filter(({ path }) => !path.startsWith('faults['))),
    '### Faults',
    'Each is one entry of `faults`, and tells by its `kind` what it is. The same seed gives the same faults at the same moments.',
    ...FAULTS.flatMap(fault => [
      `#### \`${fault.shape.kind.value}\``,
      `${prose(fault.description ?? '')}.`,
      tableOf(rowsOf(fault, 'input').filter(({ path }) => path !== 'kind')),
    ]),
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
