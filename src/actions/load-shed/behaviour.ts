import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { hold } from './ops/hold.js'
import { limitRate } from './ops/limit-rate.js'
import { restoreRate } from './ops/restore-rate.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { 'limit-rate': limitRate, hold, 'restore-rate': restoreRate },
  apply,
}
