import type { ActionBehaviour } from '../contract.js'
import { PROXY_LIFE } from '../proxy-life/ops.js'
import { departuresIn, growthIn } from './changes.js'
import { grow } from './grow.js'
import { plan } from './plan.js'
import { probes } from './probes.js'
import type { Input } from './schema.js'
import { shrink } from './shrink.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: PROXY_LIFE,
  apply: ({ changes, blast }, ctx) => {
    const growth = growthIn(changes)
    return growth.length > 0 ? grow(growth, ctx) : shrink(departuresIn(changes), blast.cluster ?? '', ctx)
  },
  probes,
}
