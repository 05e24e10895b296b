import { between, pick, unit } from '../random.js'
import type { Fault, FaultOf } from '../scenario/faults.js'
import type { Disturbance } from './disturbances.js'
import type { StuckFrontend, Surge, World, WorldFault, WorldInstance } from './world.js'

type Faults = Pick<World, 'faults' | 'surges' | 'stuck' | 'disturbances'>

const NONE: Faults = { faults: [], surges: [], stuck: [], disturbances: [] }

/** What goes wrong in a world with those hosts; which of them it befalls, the seed chooses. */
export const createFaults = (
  seed: number,
  epoch: number,
  faults: readonly Fault[],
  hosts: readonly WorldInstance[],
): Faults => {
  const each = faults.map((fault, index): Faults => {
    const places = hosts.filter(
      host => 'role' in fault && host.cluster === fault.cluster && host.role === fault.role,
    )
    if (fault.kind === 'hot-host') return { ...NONE, faults: hotHost(seed, epoch, fault, index, places) }
    if (fault.kind === 'surge') return { ...NONE, surges: [surge(seed, epoch, fault, index)] }
    if (fault.kind === 'flood') return NONE // who takes part in it is drawn in `create-floods.ts`
    if (fault.kind === 'stuck-frontend') return { ...NONE, stuck: stuckFrontends(seed, fault, index, places) }
    return { ...NONE, disturbances: [disturbance(seed, epoch, fault, index, places)] }
  })
  return {
    faults: each.flatMap(one => one.faults),
    surges: each.flatMap(one => one.surges),
    stuck: each.flatMap(one => one.stuck),
    disturbances: each.flatMap(one => one.disturbances),
  }
}

const hotHost = (
  seed: number,
  epoch: number,
  fault: FaultOf<'hot-host'>,
  index: number,
  hosts: readonly WorldInstance[],
): WorldFault[] => {
  return victimsOf(seed, fault.proxies ?? 1, index, hosts).map(({ id }) => ({
    kind: fault.kind,
    cluster: fault.cluster,
    instance: id,
    begins: epoch + Math.round(between(fault.begins, seed, 'fault', index, 'begins')),
    factor: between(fault.factor, seed, 'fault', index, 'factor'),
    ramp: Math.max(1, Math.round(between(fault.ramp, seed, 'fault', index, 'ramp'))),
  }))
}

const surge = (seed: number, epoch: number, fault: FaultOf<'surge'>, index: number): Surge => {
  const begins = epoch + Math.round(between(fault.begins, seed, 'fault', index, 'begins'))
  return {
    cluster: fault.cluster,
    begins,
    until: begins + (fault.lasts ?? Number.POSITIVE_INFINITY),
    factor: between(fault.factor, seed, 'fault', index, 'factor'),
    ramp: Math.max(1, Math.round(between(fault.ramp, seed, 'fault', index, 'ramp'))),
  }
}

/** The first one as ever; the others by lot, each once. */
const victimsOf = (
  seed: number,
  many: number,
  index: number,
  hosts: readonly WorldInstance[],
): readonly WorldInstance[] => {
  const first = pick(hosts, seed, 'fault', index, 'victim')
  const others = byLot(seed, index, 'victim', hosts).filter(host => host !== first)
  return first === undefined ? [] : [first, ...others].slice(0, many)
}

const byLot = (
  seed: number,
  index: number,
  what: 'victim' | 'stuck' | 'hanging',
  hosts: readonly WorldInstance[],
): readonly WorldInstance[] => {
  const chance = (host: WorldInstance): number => unit(seed, 'fault', index, what, host.id)
  return [...hosts].sort((a, b) => chance(a) - chance(b))
}

const stuckFrontends = (
  seed: number,
  fault: FaultOf<'stuck-frontend'>,
  index: number,
  hosts: readonly WorldInstance[],
): StuckFrontend[] =>
  byLot(seed, index, 'stuck', hosts)
    .slice(0, fault.proxies)
    .map(({ id }) => ({ instance: id, frontend: fault.frontend }))

const disturbance = (
  seed: number,
  epoch: number,
  fault: Exclude<Fault, { kind: 'hot-host' | 'surge' | 'flood' | 'stuck-frontend' }>,
  nth: number,
  hosts: readonly WorldInstance[],
): Disturbance => {
  const { begins = 0, lasts = Number.POSITIVE_INFINITY, ...rest } = fault
  const placed = { nth, from: epoch + begins, until: epoch + begins + lasts }
  if (rest.kind !== 'admin-hangs') return { ...rest, ...placed }
  const chosen = byLot(seed, nth, 'hanging', hosts).slice(0, rest.proxies ?? 0)
  return { ...rest, ...placed, instances: chosen.map(({ id }) => id) }
}
