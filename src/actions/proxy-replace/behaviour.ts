import type { ActionBehaviour } from '../contract.js'
import { awaitRunning } from '../proxy-life/await-running.js'
import { awaitServing } from '../proxy-life/await-serving.js'
import { launch } from '../proxy-life/launch.js'
import { enterService, leaveService, park, unpark } from '../proxy-life/park.js'
import { apply } from './apply.js'
import { move } from './ops/move.js'
import { plan } from './plan.js'
import { probes } from './probes.js'
import type { Input } from './schema.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: {
    launch,
    'await-running': awaitRunning,
    'await-serving': awaitServing,
    'enter-service': enterService,
    'leave-service': leaveService,
    move,
    park,
    unpark,
  },
  apply,
  probes,
}
