import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { readChanges } from './changes.js'
import { terminate } from './ops/terminate.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { terminate },
  apply,
  probes: ({ changes }) => [{ operation: 'TerminateInstances', ids: readChanges(changes) }],
}
