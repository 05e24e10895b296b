import { unit } from '../random.js'
import type { Fault } from '../scenario/faults.js'
import { instancesOf } from './instances.js'
import type { World, WorldInstance } from './world.js'

/** While it is there: from that moment on, and before the other. */
type Window = { readonly from: number; readonly until: number }

/** `nth`: its place among the faults of the scenario, by which what it draws is keyed. */
type Placed<F> = F extends unknown ? Omit<F, 'begins' | 'lasts'> & Window & { readonly nth: number } : never

type HarmsClients = { readonly kind: 'hot-host' | 'flood' | 'stuck-frontend' }

/** A fault of what the operator works with: it hurts no client by itself, and a score does not look for it. */
export type Disturbance =
  | Placed<Exclude<Fault, HarmsClients | { kind: 'admin-hangs' }>>
  | (Placed<Extract<Fault, { kind: 'admin-hangs' }>> & { readonly instances: readonly string[] })

export type DisturbanceOf<Kind extends Disturbance['kind']> = Extract<Disturbance, { kind: Kind }>

/** Those of one kind that are there at that moment. */
export const disturbances = <Kind extends Disturbance['kind']>(
  world: World,
  kind: Kind,
  t: number,
): readonly DisturbanceOf<Kind>[] =>
  world.disturbances.filter((one): one is DisturbanceOf<Kind> => one.kind === kind && isDuring(one, t))

const isDuring = ({ from, until }: Window, t: number): boolean => from <= t && t < until

const TICK_MS = 100

/** Whether a request is among the share that a disturbance takes: the same in every run of the same drill. */
export const isDrawn = (
  world: World,
  { nth, share }: { readonly nth: number; readonly share: number },
  request: string,
  t: number,
): boolean => unit(world.seed, 'fault', nth, request, Math.floor(t / TICK_MS)) < share

/** What becomes of the `nth` (from 0) instance of one launch; counted by the launches before it, so that a restart changes nothing. */
export const isFated = (
  world: World,
  kind: 'never-healthy' | 'launch-dies',
  cluster: string,
  { at, nth }: { readonly at: number; readonly nth: number },
): boolean =>
  disturbances(world, kind, at).some(
    one =>
      one.cluster === cluster &&
      (one.first === undefined || launchedDuring(world, cluster, one).length + nth < one.first),
  )

const launchedDuring = (world: World, cluster: string, window: Window): readonly WorldInstance[] =>
  instancesOf(world, cluster, 'proxy').filter(({ launchedAt }) => isDuring(window, launchedAt))

/** EC2 does not show it yet. */
export const isHidden = (world: World, { launchedAt }: WorldInstance, t: number): boolean =>
  disturbances(world, 'ec2-invisible', launchedAt).some(({ hidden }) => t < launchedAt + hidden)

/** Its runtime API takes connections and does not answer. */
export const isHanging = (world: World, { id }: WorldInstance, t: number): boolean =>
  disturbances(world, 'admin-hangs', t).some(one =>
    [...one.instances, ...firstLaunched(world, one)].includes(id),
  )

const firstLaunched = (
  world: World,
  { cluster, launched = 0 }: DisturbanceOf<'admin-hangs'>,
): readonly string[] =>
  launchedDuring(world, cluster, { from: world.epoch, until: Number.POSITIVE_INFINITY })
    .slice(0, launched)
    .map(({ id }) => id)

/** Whether that is among the changes of its kind whose answer is cut off. `changed`: it is the latest change of the world. */
export const isCut = (world: World, operation: string, changed: boolean, t: number): boolean =>
  disturbances(world, 'ec2-cut', t)
    .filter(one => one.operation === operation)
    .some(one => {
      if (one.first === undefined) return true
      const made = world.made.filter(change => change.operation === operation && isDuring(one, change.at))
      return changed && made.length <= one.first
    })
