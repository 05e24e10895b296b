import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { countFlushes } from './ops/count-flushes.js'
import { flush } from './ops/flush.js'
import { pause } from './ops/pause.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { 'count-flushes': countFlushes, flush, pause },
  apply,
}
