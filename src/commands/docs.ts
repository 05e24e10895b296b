import { actions } from '../actions/registry.js'
import { checks } from '../checks/registry.js'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { referenceOf } from '../runbook/reference.js'
import { RULES } from '../runbook/rules.js'
import type { Io } from './support/io.js'

/** The reference of steps, checks, actions and lint rules, in Markdown. */
export const docs = (io: Pick<Io, 'out'>): ExitCode => {
  const rules = Object.entries(RULES).map(([id, { severity, summary }]) => ({ id, severity, summary }))
  io.out.write(referenceOf({ checks, actions, rules }))
  return EXIT.done
}
