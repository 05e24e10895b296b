import type { ActionBehaviour } from '../contract.js'
import { apply } from '../proxy-drain/apply.js'
import { plan } from '../proxy-drain/plan.js'
import type { Input } from '../proxy-drain/schema.js'
import { disableFrontend, enableFrontend } from '../proxy-life/turn-frontend.js'

export const behaviour: ActionBehaviour<Input> = {
  plan: plan('enable'),
  ops: { 'enable-frontend': enableFrontend, 'disable-frontend': disableFrontend },
  apply: apply('enable'),
}
