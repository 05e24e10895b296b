import type { WorldInstance } from './world.js'

// What was set at run time in the HAProxy of a proxy; its configuration file gives the rest.

/** Each frontend has a backend of its own name (a `listen` section) with this one server: its shard. */
export const SERVER_NAME = 's1'

/** By the configuration file. */
export const INITIAL_WEIGHT = 1

export const weightAt = (instance: WorldInstance, backend: string, t: number): number =>
  instance.weights.findLast(set => set.at <= t && set.backend === backend)?.weight ?? INITIAL_WEIGHT

/** Connections per second; 0 is no limit. */
export const rateLimitAt = (instance: WorldInstance, t: number): number =>
  instance.rateLimits.findLast(set => set.at <= t)?.limit ?? 0

/** How many connections its limits let in from one moment to another: without end where there was none meanwhile. */
export const acceptedAtMost = (instance: WorldInstance, from: number, to: number): number => {
  if (from >= to) return 0
  const turns = [from, ...instance.rateLimits.map(({ at }) => at).filter(at => at > from && at < to), to]
  return turns.slice(1).reduce((sum, end, index) => {
    const start = turns[index] ?? from
    const limit = rateLimitAt(instance, start)
    return limit === 0 ? Number.POSITIVE_INFINITY : sum + (limit * (end - start)) / 1_000
  }, 0)
}
