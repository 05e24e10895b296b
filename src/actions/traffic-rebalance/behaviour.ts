import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { setWeight } from './ops/set-weight.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = { plan, ops: { 'set-weight': setWeight }, apply }
