import type { StandingFilter } from '../../fleet/filters/filter.js'
import type { Look } from '../../providers/look.js'

/** Filters of a cluster that stand before subnets, and which of those for new proxies they do not stand before; a line each. */
export const outsideAcls = async (
  cluster: string,
  subnets: readonly string[],
  look: Look,
): Promise<readonly string[]> => {
  const now = look.clock.now()
  const standing = look.filters.all().filter(one => one.cluster === cluster && one.until > now)
  const acls = new Set(standing.flatMap(({ place }) => (place.by === 'network_acl' ? [place.acl] : [])))
  const lines = await Promise.all(
    [...acls].sort().map(async acl => {
      const names = namesAt(acl, standing)
      const outside = await notBehind(acl, subnets, look)
      if (typeof outside === 'string')
        return [`whether a new proxy is behind ${acl}, where ${names} stands, is not known: ${outside}`]
      return outside.length === 0
        ? []
        : [
            `a new proxy in ${outside.join(', ')} is not behind ${acl}, where ${names} stands: who it blocks can reach it there`,
          ]
    }),
  )
  return lines.flat()
}

const namesAt = (acl: string, standing: readonly StandingFilter[]): string => {
  const there = standing.filter(({ place }) => place.by === 'network_acl' && place.acl === acl)
  return [...new Set(there.map(({ filter }) => filter))].sort().join(', ')
}

/** Why that is not known, where EC2 does not say. */
const notBehind = async (
  acl: string,
  subnets: readonly string[],
  { providers }: Look,
): Promise<readonly string[] | string> => {
  const ec2 = await providers.ec2()
  const described = ec2.ok ? await ec2.value.describeNetworkAcls([acl]) : ec2
  if (!described.ok) return described.failure.message
  const behind = new Set(described.value.flatMap(one => one.subnets))
  return subnets.filter(subnet => !behind.has(subnet))
}
