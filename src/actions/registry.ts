import { cacheFlush } from './cache-flush/schema.js'
import { clusterScale } from './cluster-scale/schema.js'
import { commandRun } from './command-run/schema.js'
import type { ActionSpec } from './contract.js'
import { httpRequest } from './http-request/schema.js'
import { ipFilterApply } from './ip-filter-apply/schema.js'
import { ipFilterRemove } from './ip-filter-remove/schema.js'
import { loadShed } from './load-shed/schema.js'
import { logThrottle } from './log-throttle/schema.js'
import { proxyDrain } from './proxy-drain/schema.js'
import { proxyEnable } from './proxy-enable/schema.js'
import { proxyReap } from './proxy-reap/schema.js'
import { proxyReplace } from './proxy-replace/schema.js'
import { sshRun } from './ssh-run/schema.js'
import { trafficRebalance } from './traffic-rebalance/schema.js'

/** Every action, by its name. Adding one: a folder here, and its line. */
const ACTIONS = {
  'cache.flush': cacheFlush,
  'cluster.scale': clusterScale,
  'command.run': commandRun,
  'http.request': httpRequest,
  'ip-filter.apply': ipFilterApply,
  'ip-filter.remove': ipFilterRemove,
  'load.shed': loadShed,
  'log.throttle': logThrottle,
  'proxy.drain': proxyDrain,
  'proxy.enable': proxyEnable,
  'proxy.reap': proxyReap,
  'proxy.replace': proxyReplace,
  'ssh.run': sshRun,
  'traffic.rebalance': trafficRebalance,
} as const satisfies { readonly [name: string]: unknown }

/** The registry as the runtime takes it: an action's types matter inside its own folder only. */
export const actions = ACTIONS as unknown as { readonly [name: string]: ActionSpec }
