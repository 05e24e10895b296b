import { fail, ok, type Result } from '../../../domain/result.js'
import { type Family, familyOf, type Prefix } from '../../../fleet/addresses/prefix.js'
import { placeKeyOf, type StandingFilter } from '../../../fleet/filters/filter.js'
import type { Cluster, NetworkAclSettings } from '../../../fleet/fleet.js'
import type { Look } from '../../../providers/look.js'
import { type NetworkAcl, standsIn } from '../../../providers/network-acl.js'
import { MOST_TAGS, standingIn } from '../../ip-filter/acl-tag.js'
import type { Denial } from '../../ip-filter/denial.js'
import { entryOf } from '../../ip-filter/mechanisms/network-acl.js'
import type { Laid, Layout, Wanted } from './layout.js'

/** Entries before the first one that lets anybody in, at numbers that are ours and free; others' are never touched. */
export const layInNetworkAcl: Layout = async (wanted, look) => {
  const { cluster } = wanted
  const settings = cluster.networkAcl
  if (!settings)
    return fail(
      'plan.impossible',
      `the fleet file names no network ACL for ${cluster.name}`,
      'write `network_acl`, the id of the ACL of its subnets; or choose another way with `by`',
    )
  const described = await describe(settings.id, look)
  if (!described.ok) return described
  const acl = described.value
  const standing = standingThere(wanted, acl, look)
  const missing = wanted.blocked.filter(prefix => !standing.some(one => one.prefixes.includes(prefix)))
  const numbers = freeNumbers(acl, settings)
  const refused = whyNot(missing, numbers.length, acl, settings)
  if (refused !== undefined) return fail('plan.impossible', refused, alternatives(cluster))
  const fresh = missing.map((prefix, index): Denial => {
    const place = {
      by: 'network_acl' as const,
      acl: acl.id,
      region: regionOf(look),
      number: numbers[index] ?? 0,
    }
    return { ...shared(wanted), place, prefixes: [prefix] }
  })
  return ok(laid([...standing, ...fresh], wanted, acl, look))
}

const shared = ({ filter, cluster, scope }: Wanted): Pick<Denial, 'filter' | 'cluster' | 'scope'> => ({
  filter,
  cluster: cluster.name,
  scope,
})

const regionOf = ({ fleet: { region = '' } }: Look): string => region

const describe = async (id: string, { providers }: Look): Promise<Result<NetworkAcl>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const described = await ec2.value.describeNetworkAcls([id])
  if (!described.ok) return described
  const [acl] = described.value
  return acl ? ok(acl) : fail('ec2.not-found', `EC2 shows no ${id}`, 'compare `network_acl` in the fleet file')
}

/**
 * What a filter of ours has put there and is wanted again: its time begins anew, at the number that it has. What another
 * machine has put there is not in our register, and goes when that one takes it away: it is put up once more.
 */
const standingThere = (wanted: Wanted, acl: NetworkAcl, look: Look): readonly Denial[] => {
  const ours = new Set(look.filters.all().map(keyOf))
  const told = standingIn(acl, regionOf(look)).filter(one => ours.has(keyOf(one)))
  return told.flatMap(({ place, prefixes: [prefix] }): Denial[] => {
    if (place.by !== 'network_acl' || !prefix || !wanted.blocked.includes(prefix)) return []
    const denial = { ...shared(wanted), place, prefixes: [prefix] }
    return standsIn(acl, entryOf(denial)) ? [denial] : []
  })
}

const keyOf = ({ incident, place }: StandingFilter): string => `${incident} ${placeKeyOf(place)}`

/** Ours, free, and before the first entry that allows: after it, a deny would deny nobody. */
const freeNumbers = ({ entries }: NetworkAcl, { numbers }: NetworkAclSettings): readonly number[] => {
  const ingress = entries.filter(({ direction }) => direction === 'ingress')
  const taken = new Set(ingress.map(({ number }) => number))
  const firstAllow = Math.min(...ingress.filter(({ effect }) => effect === 'allow').map(({ number }) => number))
  const free: number[] = []
  for (let number = numbers.from; number <= numbers.to && number < firstAllow; number += 1)
    if (!taken.has(number)) free.push(number)
  return free
}

/** Of one direction and family, EC2's own last entry included. */
const roomFor = (family: Family, { entries }: NetworkAcl, { quota }: NetworkAclSettings): number =>
  quota - entries.filter(one => one.direction === 'ingress' && familyOf(one.prefix) === family).length

const whyNot = (
  missing: readonly Prefix[],
  free: number,
  acl: NetworkAcl,
  settings: NetworkAclSettings,
): string | undefined => {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const wanted = missing.filter(prefix => familyOf(prefix) === family).length
    const room = roomFor(family, acl, settings)
    if (wanted > room)
      return `it would be ${moreEntries(wanted)} of ${family}, and ${acl.id} has room for ${Math.max(0, room)} (its quota is ${settings.quota} a direction)`
  }
  const { from, to } = settings.numbers
  if (missing.length > free)
    return `it would be ${moreEntries(missing.length)}, and ${acl.id} has ${free} free numbers from ${from} to ${to} before its first allow`
  const tags = MOST_TAGS - Object.keys(acl.tags).length
  return missing.length > tags
    ? `it would be ${moreEntries(missing.length)}, and ${acl.id} takes ${tags} more tags, which say whose they are`
    : undefined
}

const moreEntries = (count: number): string => `${count} more ${count === 1 ? 'entry' : 'entries'}`

const alternatives = ({ proxies }: Cluster): string =>
  [
    proxies.denyList === undefined ? '' : '`by: deny_list` blocks at the proxies themselves; ',
    '`by: nftables` on their hosts, where ssh reaches them; or name fewer addresses: each that is kept from a prefix splits it',
  ].join('')

const laid = (denials: readonly Denial[], { cluster }: Wanted, acl: NetworkAcl, look: Look): Laid => {
  const others = clustersBehind(acl, look).filter(name => name !== cluster.name)
  return {
    denials,
    locks: [`acl:${acl.id}`],
    warnings: [
      `${acl.id} stands before ${acl.subnets.join(', ') || 'no subnet'}: who is blocked is blocked from every host there on those ports`,
      ...(others.length > 0 ? [`behind it are also: ${others.join(', ')}`] : []),
      'the entries do not end by themselves: `firebreak expire` removes them when their time is over, from cron or by hand',
    ],
    open: 'stall: their packets are dropped on the way in, and HAProxy holds them until its time-out',
  }
}

/** By the ACL that they name, and by the subnets into which their proxies are launched. */
const clustersBehind = ({ id, subnets }: NetworkAcl, { fleet }: Look): readonly string[] =>
  Object.values(fleet.clusters)
    .filter(
      ({ networkAcl, proxies }) => networkAcl?.id === id || proxies.subnets.some(one => subnets.includes(one)),
    )
    .map(({ name }) => name)
