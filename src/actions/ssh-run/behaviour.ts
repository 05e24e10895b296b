import { allowed } from '../command-run/command.js'
import type { ActionBehaviour } from '../contract.js'
import { RUN } from '../over-ssh/errand.js'
import { runErrand } from '../over-ssh/run-errand.js'
import { apply } from './apply.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { [RUN]: runErrand((argv, { guardrails }) => allowed(guardrails.commands, argv)) },
  apply,
}
