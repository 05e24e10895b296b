import type { ActionBehaviour } from '../contract.js'
import { FILTER_OPS } from '../ip-filter/ops/ops.js'
import { apply } from './apply.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = { plan, ops: FILTER_OPS, apply }
