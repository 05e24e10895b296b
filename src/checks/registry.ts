import { cacheShards } from './cache-shards/schema.js'
import { clientsTop } from './clients-top/schema.js'
import type { CheckSpec } from './contract.js'
import { proxyConnections } from './proxy-connections/schema.js'

/** Every check, by its name. Adding one: a folder here, and its line. */
const CHECKS = {
  'cache.shards': cacheShards,
  'clients.top': clientsTop,
  'proxy.connections': proxyConnections,
} as const satisfies { readonly [name: string]: unknown }

/** The registry as the runtime takes it: a check's types matter inside its own folder only. */
export const checks = CHECKS as unknown as { readonly [name: string]: CheckSpec }
