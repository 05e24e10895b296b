import type { ActionBehaviour } from '../contract.js'
import { awaitDrained } from '../proxy-life/await-drained.js'
import { awaitRunning } from '../proxy-life/await-running.js'
import { awaitServing } from '../proxy-life/await-serving.js'
import { launch } from '../proxy-life/launch.js'
import { enterService, leaveService, park, unpark } from '../proxy-life/park.js'
import { shutSessions } from '../proxy-life/shut-sessions.js'
import { disableFrontend, enableFrontend } from '../proxy-life/turn-frontend.js'
import { departuresIn, growthIn } from './changes.js'
import { grow } from './grow.js'
import { plan } from './plan.js'
import { probes } from './probes.js'
import type { Input } from './schema.js'
import { shrink } from './shrink.js'

export const behaviour: ActionBehaviour<Input> = {
  plan,
  ops: {
    launch,
    'await-running': awaitRunning,
    'await-serving': awaitServing,
    'enter-service': enterService,
    'leave-service': leaveService,
    'disable-frontend': disableFrontend,
    'enable-frontend': enableFrontend,
    'await-drained': awaitDrained,
    'shut-sessions': shutSessions,
    park,
    unpark,
  },
  apply: ({ changes, blast }, ctx) => {
    const growth = growthIn(changes)
    return growth.length > 0 ? grow(growth, ctx) : shrink(departuresIn(changes), blast.cluster ?? '', ctx)
  },
  probes,
}
