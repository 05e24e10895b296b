import { prefixAround } from '../../fleet/addresses/prefix.js'
import type { Cluster } from '../../fleet/fleet.js'
import type { ChangeOf } from './change.js'
import type { World, WorldAclEntry, WorldNetworkAcl } from './world.js'

/** EC2's own last words, which nobody can delete: what no other entry matches is denied. */
const LAST_DENY = { ipv4: 32_767, ipv6: 32_768 } as const

/** One for each that the fleet file names, before the subnets of the proxies that name it. */
export const createNetworkAcls = (clusters: readonly Cluster[]): World['networkAcls'] => {
  const ids = new Set(clusters.flatMap(({ networkAcl }) => networkAcl?.id ?? []))
  return Object.fromEntries([...ids].map(id => [id, createNetworkAcl(id, clusters)]))
}

const createNetworkAcl = (id: string, clusters: readonly Cluster[]): WorldNetworkAcl => {
  const behind = clusters.filter(({ networkAcl }) => networkAcl?.id === id)
  const subnets = new Set(behind.flatMap(({ proxies }) => proxies.subnets))
  return {
    id,
    subnets: [...subnets].filter(subnet => aclOf(subnet, clusters) === id),
    tags: { Name: behind.map(({ name }) => name).join(' ') },
    entries: [...DEFAULT_ENTRIES], // what is worked out of a list of entries is kept with it
  }
}

/** A subnet stands behind one ACL: that of the cluster which names it first. */
const aclOf = (subnet: string, clusters: readonly Cluster[]): string | undefined =>
  clusters.find(({ networkAcl, proxies }) => networkAcl !== undefined && proxies.subnets.includes(subnet))
    ?.networkAcl?.id

const ANY = { ipv4: prefixAround('0.0.0.0', 0), ipv6: prefixAround('::', 0) } as const

/** Everything is let through, as in the ACL that EC2 makes with a network. */
const DEFAULT_ENTRIES: readonly WorldAclEntry[] = (['ingress', 'egress'] as const).flatMap(direction => {
  const all = { at: 0, direction, protocol: '-1' } as const
  return [
    { ...all, number: 100, effect: 'allow', cidr: ANY.ipv4 },
    { ...all, number: 101, effect: 'allow', cidr: ANY.ipv6 },
    { ...all, number: LAST_DENY.ipv4, effect: 'deny', cidr: ANY.ipv4 },
    { ...all, number: LAST_DENY.ipv6, effect: 'deny', cidr: ANY.ipv6 },
  ] as const
})

export const findNetworkAcl = (world: World, id: string): WorldNetworkAcl | undefined =>
  Object.hasOwn(world.networkAcls, id) ? world.networkAcls[id] : undefined

/** Those that stood there at that moment, each direction by its numbers. */
export const entriesAt = (acl: WorldNetworkAcl, t: number): readonly WorldAclEntry[] =>
  acl.entries
    .filter(({ at, until }) => at <= t && (until === undefined || t < until))
    .toSorted((a, b) => Number(isOut(a)) - Number(isOut(b)) || a.number - b.number)

const isOut = ({ direction }: WorldAclEntry): boolean => direction === 'egress'

export const addEntry = (world: World, { at, args }: ChangeOf<'CreateNetworkAclEntry'>): World =>
  updateEntries(world, args.acl, entries => [...entries, { at, ...args.entry }])

export const endEntry = (world: World, { at, args }: ChangeOf<'DeleteNetworkAclEntry'>): World =>
  updateEntries(world, args.acl, entries =>
    entries.map(entry =>
      entry.until === undefined && entry.number === args.number && entry.direction === args.direction
        ? { ...entry, until: at }
        : entry,
    ),
  )

const updateEntries = (
  world: World,
  id: string,
  to: (entries: WorldNetworkAcl['entries']) => WorldNetworkAcl['entries'],
): World => {
  const acl = findNetworkAcl(world, id)
  if (acl === undefined) return world
  return { ...world, networkAcls: { ...world.networkAcls, [id]: { ...acl, entries: to(acl.entries) } } }
}
