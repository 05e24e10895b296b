import type { ActionSpec } from './contract.js'
import { proxyReplace } from './proxy-replace/schema.js'

/** Every action, by its name. Adding one: a folder here, and its line. */
const ACTIONS = {
  'proxy.replace': proxyReplace,
} as const satisfies { readonly [name: string]: unknown }

/** The registry as the runtime takes it: an action's types matter inside its own folder only. */
export const actions = ACTIONS as unknown as { readonly [name: string]: ActionSpec }
