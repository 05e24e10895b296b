import { hostsIn, LARGEST } from '../../world/network.js'
import type { World, WorldSubnet } from '../../world/world.js'
import { type Ec2Action, refuse } from './action.js'
import { type FilterFields, filtersOf } from './filters.js'
import { listOf } from './form.js'
import type { Xml } from './xml.js'

export const describeSubnets: Ec2Action = {
  mutating: false,
  answer: ({ world, form }) => {
    const ids = listOf(form, 'SubnetId')
    const lost = ids.find(id => !Object.hasOwn(world.subnets, id))
    if (lost !== undefined) {
      return refuse('InvalidSubnetID.NotFound', `The subnet ID '${lost}' does not exist`)
    }
    const filters = filtersOf(form, FIELDS)
    if (!filters.ok) return filters
    const found = Object.values(world.subnets).filter(
      subnet => (ids.length === 0 || ids.includes(subnet.id)) && filters.matches({ ...subnet, tags: {} }),
    )
    return { ok: true, body: after => ({ subnetSet: found.map(subnet => subnetXml(after, subnet)) }) }
  },
}

const FIELDS: FilterFields<WorldSubnet & { readonly tags: Readonly<Record<string, string>> }> = {
  'subnet-id': ({ id }) => [id],
  'availability-zone': ({ zone }) => [zone],
}

const subnetXml = (world: World, { id, zone, prefix }: WorldSubnet): Xml => ({
  subnetId: id,
  state: 'available',
  cidrBlock: `${prefix}.0/24`,
  availableIpAddressCount: LARGEST - hostsIn(world, id),
  availabilityZone: zone,
  availabilityZoneId: zoneId(world.region, zone),
  ownerId: world.account,
})

/** `us-east-1b` is `use1-az2` here; to every account EC2 deals them out anew. */
const zoneId = (region: string, zone: string): string => {
  const [area = '', where = '', number = ''] = region.split('-')
  const quarters = where.match(/north|south|east|west|central/g) ?? []
  const nth = zone.charCodeAt(zone.length - 1) - 'a'.charCodeAt(0) + 1
  return `${area}${quarters.map(quarter => quarter.charAt(0)).join('')}${number}-az${nth}`
}
