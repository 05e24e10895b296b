import { actions } from '../actions/registry.js'
import { checks } from '../checks/registry.js'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { scenarioReference } from '../drill/reference.js'
import { referenceOf } from '../runbook/reference.js'
import { schemaRows } from '../runbook/schema-rows.js'
import { testFileReference } from '../testing/reference.js'
import type { Io } from './support/io.js'
import { formatReference } from './support/lint/formats.js'
import { ALL_RULES } from './support/lint/rules.js'
import { MEASURES } from './support/testing/measures.js'

/** The reference of steps, checks, actions, scenarios, tests, lint rules and formats, in Markdown. */
export const docs = async (io: Pick<Io, 'out'>): Promise<ExitCode> => {
  const parts = [
    referenceOf({ checks, actions, rules: ALL_RULES }),
    await formatReference(),
    scenarioReference(schemaRows),
    testFileReference(schemaRows, MEASURES),
  ]
  io.out.write(parts.join('\n'))
  return EXIT.done
}
