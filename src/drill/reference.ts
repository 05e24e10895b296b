import type * as z from 'zod'
import { type Key, keysTable, prose } from '../domain/markdown.js'
import { FAULTS } from './scenario/faults.js'
import { scenarioSchema } from './scenario.js'

/** Who reads the keys of a schema; this folder may not know the one that the language has. */
type RowsOf = (schema: z.ZodObject, side: 'input') => readonly Key[]

/** The keys of a scenario and the faults that it can have, in Markdown, from the schemas that it is checked against. */
export const scenarioReference = (rowsOf: RowsOf): string =>
  [
    '## Scenarios',
    'A file `drills/NAME.yaml` beside the runbooks: a fleet on a calm day, and what goes wrong with it. `firebreak drill NAME` plays it. Moments are counted from the alert that starts the drill, `-4m` is before it.',
    '### The scenario',
    keysTable(rowsOf(scenarioSchema, 'input').filter(({ path }) => !path.startsWith('faults['))),
    '### Faults',
    'Each is one entry of `faults`, and tells by its `kind` what it is. The same seed gives the same faults at the same moments.',
    ...FAULTS.flatMap(fault => [
      `#### \`${fault.shape.kind.value}\``,
      `${prose(fault.description ?? '')}.`,
      keysTable(rowsOf(fault, 'input').filter(({ path }) => path !== 'kind')),
    ]),
  ]
    .map(part => `${part}\n`)
    .join('\n')
