import type { Block, Blocks } from './block.js'
import { blocksAt } from './blocks.js'
import { clientsOf } from './clients.js'
import { instancesOf } from './instances.js'
import { timesLed } from './presence.js'
import type { World, WorldCluster, WorldInstance } from './world.js'

/** A client of a cluster. */
type Blocked = { readonly cluster: string; readonly address: string }

/**
 * Clients who could open no connection at some moment from `from` to `to`, because of a rule at a proxy that they were
 * led to. By the rules that stood then, whoever made them; a proxy that clients are not led to blocks nobody.
 */
export const blockedBetween = (world: World, from: number, to: number): readonly Blocked[] =>
  Object.values(world.clusters).flatMap(cluster => {
    const hit = addressesHit(world, cluster, { from, until: to })
    return clientsOf(world.seed, cluster).flatMap(({ address }) =>
      hit.has(address) ? [{ cluster: cluster.name, address }] : [],
    )
  })

/** Of whoever floods, too. */
const addressesHit = (world: World, cluster: WorldCluster, during: Block): ReadonlySet<string> => {
  const hit = new Set<string>()
  for (const host of instancesOf(world, cluster.name, 'proxy')) {
    const times = servingTimes(world, host).filter(time => meet(time, during))
    for (const { name } of times.length === 0 ? [] : cluster.frontends)
      for (const address of addressesIn(blocksAt(world, host, name), times, during)) hit.add(address)
  }
  return hit
}

const servingTimes = (world: World, host: WorldInstance): readonly Block[] =>
  timesLed(world, host).map(({ from, to }) => ({
    from,
    until: Math.min(to, host.terminatedAt ?? Number.POSITIVE_INFINITY),
  }))

const addressesIn = (blocks: Blocks, times: readonly Block[], during: Block): readonly string[] =>
  [...blocks].flatMap(([address, its]) =>
    its.some(block => meet(block, during) && times.some(time => meet(both(block, during), time)))
      ? [address]
      : [],
  )

const both = (a: Block, b: Block): Block => ({
  from: Math.max(a.from, b.from),
  until: Math.min(a.until, b.until),
})

const meet = (a: Block, b: Block): boolean => a.from < b.until && b.from < a.until
