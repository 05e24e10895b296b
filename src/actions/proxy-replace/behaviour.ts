import type { ActionBehaviour } from '../contract.js'
import { awaitDrained } from '../proxy-life/await-drained.js'
import { awaitRunning } from '../proxy-life/await-running.js'
import { awaitServing } from '../proxy-life/await-serving.js'
import { launch } from '../proxy-life/launch.js'
import { enterService, leaveService, park, unpark } from '../proxy-life/park.js'
import { shutSessions } from '../proxy-life/shut-sessions.js'
import { disableFrontend, enableFrontend } from '../proxy-life/turn-frontend.js'
import { apply } from './apply.js'
import { move } from './ops/move.js'
import { survey } from './ops/survey.js'
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
    'disable-frontend': disableFrontend,
    'enable-frontend': enableFrontend,
    'await-drained': awaitDrained,
    'shut-sessions': shutSessions,
    survey,
    park,
    unpark,
  },
  apply,
  probes,
}
