import type { Takes } from '../domain/event.js'
import { type Failure, fail, failure } from '../domain/result.js'
import { beingTaken } from '../engine/ops.js'
import { whoServes } from '../providers/serving.js'
import type { Deps } from './deps.js'
import { tally } from './deps.js'
import { lookWith } from './look.js'

/** Whether an op may take those targets away now, and the requests that it took to find out. */
export type FloorCheck = {
  readonly refusal: Failure | undefined
  readonly requests: ReturnType<ReturnType<typeof tally>['counts']>
}

/**
 * The capacity floor, looked at afresh: serving now, without what is in flight or in doubt in this incident and in
 * others on that cluster. Only a number that sinks below the floor refuses: what does not serve can be taken away.
 */
export const checkFloor = async (deps: Deps, op: string, takes: Takes): Promise<FloorCheck> => {
  const { record, counts } = tally()
  const look = lookWith(deps, record)
  const floor = deps.fleet.clusters[takes.cluster]?.proxies.minHealthy ?? 0
  // Before and after the look: what ends meanwhile was seen serving, and does no more.
  const before = beingTaken(deps.ledger.state(), takes.cluster, op)
  const inventory = await look.discover(takes.cluster, 'proxy')
  if (!inventory.ok) return { refusal: unknown(takes, inventory.failure), requests: counts() }
  const serving = await whoServes(look, inventory.value.targets)
  const away = new Set([
    ...before,
    ...beingTaken(deps.ledger.state(), takes.cluster, op),
    ...(await deps.takenElsewhere(takes.cluster)),
  ])
  const now = [...serving].filter(id => !away.has(id))
  const left = now.filter(id => !takes.targets.includes(id))
  const refusal = left.length < now.length && left.length < floor ? sinks(takes, left.length, floor) : undefined
  return { refusal, requests: counts() }
}

const sinks = ({ cluster, targets }: Takes, left: number, floor: number): Failure =>
  failure(
    'guardrail.refused',
    `without ${targets.join(', ')} ${left} proxies of ${cluster} would serve; min_healthy is ${floor}`,
    'add capacity first; or visit the step again, where the guardrail can be overridden',
  )

const unknown = ({ cluster }: Takes, why: Failure): Failure =>
  fail(
    'guardrail.refused',
    `how many proxies of ${cluster} serve cannot be found out (${why.message})`,
    why.next,
  ).failure
