import { between } from '../random.js'
import type { World, WorldInstance } from './world.js'

// Clients that no address leads: they find the proxies that are in service by themselves, and spread over them.

/** When a proxy came to be in service, and for how long; without an end it still is. */
type Service = { readonly from: number; readonly to: number }

/** Clients find a proxy that is in service once it answers. */
export const timesInService = (instance: WorldInstance): readonly Service[] =>
  instance.service.flatMap((one, index) => {
    const from = Math.max(one.at, instance.servingAt)
    const to = instance.service[index + 1]?.at ?? Number.POSITIVE_INFINITY
    return one.in && from < to ? [{ from, to }] : []
  })

export const isInService = (instance: WorldInstance, t: number): boolean =>
  instance.service.findLast(({ at }) => at <= t)?.in ?? false

/** Our own hand says so, by a tag; without it, whoever carries the tags of the cluster is in service. */
export const serviceBy = (tags: WorldInstance['tags']): boolean => {
  const state = tags['firebreak:state']
  return state !== 'launching' && state !== 'parked'
}

/** How many times its calm connections every client of a cluster wants. */
export const surgeAt = (world: World, cluster: string, t: number): number =>
  world.surges
    .filter(surge => surge.cluster === cluster)
    .map(surge => 1 + (surge.factor - 1) * upAt(surge, t))
    .reduce((product, factor) => product * factor, 1)

/** How far what comes up over its ramp, and goes away so later on, is there: 0 to 1. */
export const upAt = (
  { begins, until, ramp }: { readonly begins: number; readonly until: number; readonly ramp: number },
  t: number,
): number => part((t - begins) / ramp) * (1 - part((t - until) / ramp))

const part = (value: number): number => Math.min(1, Math.max(0, value))

/** How long the clients of a proxy take to come to it. Milliseconds. */
export const rampOf = (world: World, instance: string, at: number): number =>
  between(RECONNECT, world.seed, 'reconnect', instance, at)

const RECONNECT = { from: 30_000, to: 60_000 }
