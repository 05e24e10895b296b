import type { ActionBehaviour } from '../contract.js'
import { apply } from './apply.js'
import { awaitRunning } from './ops/await-running.js'
import { awaitServing } from './ops/await-serving.js'
import { launch } from './ops/launch.js'
import { move } from './ops/move.js'
import { enterService, leaveService, park, unpark } from './ops/park.js'
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
