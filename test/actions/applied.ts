// A plan of `proxy.replace` over the cloud in memory, and its apply with ops that end as a test tells them to.

import type { Apply, OpRequest } from '../../src/actions/contract.js'
import { apply } from '../../src/actions/proxy-replace/apply.js'
import { behaviour } from '../../src/actions/proxy-replace/behaviour.js'
import { proxyReplace } from '../../src/actions/proxy-replace/schema.js'
import type { Json, JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { ok, type Result } from '../../src/domain/result.js'
import type { ProxyGroup } from '../../src/fleet/fleet.js'
import { okOf } from '../engine/results.js'
import { CLUSTER, type Cloud, lookAt, newCloud } from './cloud.js'

export const planFor = (cloud: Cloud, input: JsonObject) =>
  behaviour.plan(proxyReplace.input.parse(input), lookAt(cloud))

/** Bound as the runtime binds it. */
export const planned = async (cloud: Cloud, input: JsonObject): Promise<Plan> => ({
  ...okOf(await planFor(cloud, input)),
  action: 'proxy.replace',
  with: input,
  digest: 'd'.repeat(64),
})

export const withProxies = (cloud: Cloud, more: Partial<ProxyGroup>): Cloud => {
  const cluster = cloud.fleet.clusters[CLUSTER]!
  const clusters = { [CLUSTER]: { ...cluster, proxies: { ...cluster.proxies, ...more } } }
  return { ...cloud, fleet: { ...cloud.fleet, clusters } }
}

/** Three may be replaced on one consent, and these of its six proxies are hot. */
export const aggressive = (...hot: number[]): Cloud => {
  const cloud = newCloud()
  cloud.posture = 'aggressive'
  for (const n of hot) cloud.connections.set(`tcp://10.0.0.${n}:9999`, 9_000)
  return cloud
}

/** Results of ops by key and target, else by key, else by kind. */
export type Ends = { readonly [key: string]: Result<Json> }

export const applied = async (plan: Plan, ends: Ends = {}) => {
  const asked: OpRequest[] = []
  let launched = 0
  const good = (kind: string): Json => {
    if (kind === 'launch') launched += 1
    return {
      launch: { instance: `i-new${launched}` },
      'await-running': { private_ip: `10.0.0.${100 + launched}` },
      'await-serving': { frontends: 2, ...reachOf(launched) },
      move: { association: 'assoc-new' },
      'await-drained': { sessions: 0 },
      survey: { hot: plan.hot ?? {}, seen: ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'], ours: [] },
    }[kind] as Json // null for those that tell nothing
  }
  const op: Apply['op'] = async request => {
    asked.push(request)
    return ends[nameOf(request)] ?? ends[request.key] ?? ends[request.kind] ?? ok(good(request.kind) ?? null)
  }
  const result = await apply(plan, { op, all: requests => Promise.all(requests.map(op)) })
  return { asked, result, keys: asked.map(({ key }) => key), names: asked.map(nameOf) }
}

/** Where the n-th that was launched is reached. */
export const reachOf = (n: number) => ({
  admin: `tcp://10.0.0.${100 + n}:9999`,
  host: `ssh://10.0.0.${100 + n}`,
})

/** `launch-i-3-subnet-a1-c7i.large@us-east-c1`: what must be unique in one plan. */
const nameOf = ({ key, target }: OpRequest): string => `${key}@${target}`
