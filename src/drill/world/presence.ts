import { rampOf, timesInService } from './crowd.js'
import { instancesOf, servesAt } from './instances.js'
import { once } from './once.js'
import { HALF_LIFE_MS } from './paces.js'
import type { World, WorldAddress, WorldInstance } from './world.js'

// How far clients have come to a proxy: they are led there by an address, or find it by themselves.

/**
 * The part, 0 to 1 (above where others are gone), of its clients that want to be connected to a frontend of this
 * proxy, if every connection were accepted at once. Where no address leads them, clients spread over all.
 * `halfLife`: how fast live connections of theirs go where the frontend accepts no more.
 */
export const clientsWanting = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
  halfLife: number = HALF_LIFE_MS.client,
): number => {
  const own = presence(world, instance, frontend, t, halfLife)
  const crowd = world.clusters[instance.cluster]?.crowd
  if (crowd === undefined || own === 0) return own
  return (crowd * own) / crowdAt(world, instance, frontend, t, halfLife)
}

/** By the moment: every proxy among whom it is shared asks for the same sums, a score for every second. */
const sums = once<Map<number, number>>()

const crowdAt = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
  halfLife: number,
): number => {
  const known = sums(world, `${instance.cluster} ${frontend} ${halfLife}`, () => new Map())
  const before = known.get(t)
  if (before !== undefined) return before
  const sum = sharing(world, instance).reduce(
    (all, other) => all + presence(world, other, frontend, t, halfLife),
    0,
  )
  known.set(t, sum)
  return sum
}

/** Those among whom the clients of a proxy could go. */
export const sharing = (world: World, instance: WorldInstance): readonly WorldInstance[] =>
  world.clusters[instance.cluster]?.crowd === undefined
    ? [instance]
    : instancesOf(world, instance.cluster, 'proxy')

const NOBODY: Presence = {
  at: Number.NEGATIVE_INFINITY,
  part: 0,
  attached: false,
  enabled: true,
  weighs: true,
  ramp: 1,
}

/** 0 to 1: how far its own clients, or its share of all, have come to a frontend. */
const presence = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
  halfLife: number,
): number => {
  if (!servesAt(instance, t)) return 0
  const states = worked(world, `${instance.id} ${frontend} ${halfLife}`, () =>
    inTurn(momentsOf(world, instance, frontend), halfLife),
  )
  return partAt(states.findLast(({ at }) => at <= t) ?? NOBODY, t, halfLife)
}

const worked = once<readonly Presence[]>()

/** How it stood from each moment on. */
const inTurn = (moments: readonly Moment[], halfLife: number): readonly Presence[] => {
  let state = NOBODY
  return moments.map(({ at, change }) => {
    state = { ...state, part: partAt(state, at, halfLife), ...change, at }
    return state
  })
}

/** Since when a frontend lets nobody new through, by its switches and weights; undefined where it does. */
export const closedSince = (
  world: World,
  instance: WorldInstance,
  frontend: string,
  t: number,
): number | undefined => {
  let state = NOBODY
  let since: number | undefined
  for (const { at, change } of momentsOf(world, instance, frontend)) {
    if (at > t) break
    state = { ...state, ...change }
    since = isOpen(state) ? undefined : (since ?? at)
  }
  return since
}

const isOpen = ({ enabled, weighs }: Presence): boolean => enabled && weighs

type Presence = {
  readonly at: number
  readonly part: number
  readonly attached: boolean
  readonly enabled: boolean
  /** The only server behind the frontend has a weight above 0: else nobody new gets through. */
  readonly weighs: boolean
  /** Milliseconds from nobody to everybody. */
  readonly ramp: number
}

type Moment = { readonly at: number; readonly change: Partial<Presence> }

const partAt = (state: Presence, t: number, halfLife: number): number => {
  const passed = t - state.at
  if (!state.attached) return 0
  if (!isOpen(state)) return state.part * 0.5 ** (passed / halfLife)
  return Math.min(1, state.part + passed / state.ramp)
}

export const momentsOf = (world: World, instance: WorldInstance, frontend: string): readonly Moment[] =>
  happened(world, `${instance.id} ${frontend}`, () => workOut(world, instance, frontend))

const happened = once<readonly Moment[]>()

const workOut = (world: World, instance: WorldInstance, frontend: string): Moment[] => {
  const held = timesLed(world, instance).flatMap(time => timeOf(world, instance, time))
  const switched = instance.switches
    .filter(change => change.frontend === frontend)
    .map(change => ({
      at: change.at,
      change: change.to === 'sessions-shut' ? { part: 0 } : { enabled: change.to === 'enabled' },
    }))
  const weighed = instance.weights
    .filter(({ backend }) => backend === frontend)
    .map(({ at, weight }) => ({ at, change: { weighs: weight > 0 } }))
  // An address that comes in the same instant in which another one leaves must find that one gone.
  return [...held, ...switched, ...weighed].sort((a, b) => a.at - b.at || rank(a) - rank(b))
}

const rank = (moment: Moment): number => (moment.change.attached === true ? 1 : 0)

/** From one moment on, and before the other, clients can come: they are led there, and HAProxy answers. `at`: led. */
type Time = { readonly from: number; readonly to: number; readonly at?: number }

/** When clients are led to a proxy, by an address or because it is in service. */
export const timesLed = (world: World, instance: WorldInstance): readonly Time[] =>
  world.clusters[instance.cluster]?.crowd === undefined
    ? Object.values(world.addresses).flatMap(address => timesHeld(address, instance))
    : timesInService(instance)

/** Clients of an address can only come once HAProxy answers there, and all leave when it moves away. */
const timesHeld = (address: WorldAddress, instance: WorldInstance): readonly Time[] =>
  address.holders.flatMap((holder, index) => {
    const from = Math.max(holder.at, instance.servingAt)
    const to = address.holders[index + 1]?.at ?? Number.POSITIVE_INFINITY
    return holder.instance !== instance.id || from >= to ? [] : [{ from, to, at: holder.at }]
  })

/** Clients come from one moment on, and are gone at the other. */
const timeOf = (world: World, instance: WorldInstance, { from, to, at = from }: Time): Moment[] => {
  const attach = { at: from, change: { attached: true, ramp: rampOf(world, instance.id, at) } }
  return to === Number.POSITIVE_INFINITY ? [attach] : [attach, { at: to, change: { attached: false, part: 0 } }]
}
