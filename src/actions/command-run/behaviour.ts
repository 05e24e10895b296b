import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { run } from './ops/run.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = { plan, ops: { run }, apply }
