import type { ActionBehaviour } from '../contract.js'
import { disableFrontend, enableFrontend } from '../proxy-life/turn-frontend.js'
import { apply } from './apply.js'
import { plan } from './plan.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan: plan('disable'),
  ops: { 'disable-frontend': disableFrontend, 'enable-frontend': enableFrontend },
  apply: apply('disable'),
}
