import { touching } from '../../fleet/addresses/touching.js'
import { aclBlocks } from './acl-verdict.js'
import type { Block, Blocks, Everybody } from './block.js'
import { clientsOf } from './clients.js'
import { denyListBlocks, prefixOf } from './deny-list.js'
import { once } from './once.js'
import type { World, WorldCluster, WorldInstance, WorldNetworkAcl } from './world.js'

/**
 * Whom the rules that stand in this world keep out of a frontend of a proxy, and when: its own deny list, and the
 * network ACL before its subnet. Who floods is looked up as clients are.
 */
export const blocksAt = (world: World, host: WorldInstance, frontend: string): Blocks =>
  worked(world, `${host.id} ${frontend}`, () => {
    const cluster = world.clusters[host.cluster]
    const port = cluster?.frontends.find(({ name }) => name === frontend)?.port
    if (cluster === undefined || port === undefined) return NOBODY
    const everybody = everybodyOf(world, cluster)
    const acl = Object.values(world.networkAcls).find(({ subnets }) => subnets.includes(host.subnet))
    return both(
      cluster.denyList === undefined
        ? NOBODY
        : listed(host.listings, '', () => denyListBlocks(host, everybody)),
      acl === undefined
        ? NOBODY
        : filtered(acl.entries, `${cluster.name} ${namesPorts(acl) ? port : 'any'}`, () =>
            aclBlocks(acl, port, everybody),
          ),
    )
  })

/** Else it says the same of every port, and is looked at once for all. */
const namesPorts = ({ entries }: WorldNetworkAcl): boolean => entries.some(({ ports }) => ports !== undefined)

const NOBODY: Blocks = new Map()

const worked = once<Blocks>()
/** Most changes of a world are about something else, so the lists are what is looked up by. */
const listed = once<Blocks>()
const filtered = once<Blocks>()

const everybodyOf = (world: World, cluster: WorldCluster): Everybody =>
  indexed(cluster, String(world.seed), () => {
    const floods = world.floods.filter(one => one.cluster === cluster.name)
    const addresses = [
      ...clientsOf(world.seed, cluster).map(({ address }) => address),
      ...floods.flatMap(({ sources }) => sources),
    ]
    return touching(
      [...new Set(addresses)].flatMap(address => {
        const prefix = prefixOf(address)
        return prefix === undefined ? [] : [{ address, prefix }]
      }),
    )
  })

/** A cluster of a world is one and the same object however often the world changes, and so are its floods. */
const indexed = once<Everybody>()

const both = (some: Blocks, others: Blocks): Blocks => {
  if (some.size === 0) return others
  if (others.size === 0) return some
  const addresses = new Set([...some.keys(), ...others.keys()])
  return new Map(
    [...addresses].map(address => [
      address,
      joined([...(some.get(address) ?? []), ...(others.get(address) ?? [])]),
    ]),
  )
}

const joined = (blocks: readonly Block[]): readonly Block[] => {
  const found: Block[] = []
  for (const { from, until } of blocks.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last === undefined || from > last.until) found.push({ from, until })
    else found[found.length - 1] = { from: last.from, until: Math.max(last.until, until) }
  }
  return found
}
