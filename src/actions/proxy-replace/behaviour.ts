import type { ActionBehaviour } from '../contract.js'
import { PROXY_LIFE } from '../proxy-life/ops.js'
import { apply } from './apply.js'
import { move } from './ops/move.js'
import { survey } from './ops/survey.js'
import { plan } from './plan.js'
import { probes } from './probes.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: { ...PROXY_LIFE, move, survey },
  apply,
  probes,
}
