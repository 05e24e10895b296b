import { familyOf } from '../../../fleet/addresses/prefix.js'
import { hex } from '../../random.js'
import { entriesAt, findNetworkAcl } from '../../world/network-acls.js'
import type { World, WorldAclEntry, WorldNetworkAcl } from '../../world/world.js'
import type { Ec2Action } from './action.js'
import { type FilterFields, filtersOf } from './filters.js'
import { listOf } from './form.js'
import { tagsXml, vpcOf } from './instance-xml.js'
import { noNetworkAcl } from './known.js'
import type { Xml } from './xml.js'

export const describeNetworkAcls: Ec2Action = {
  mutating: false,
  answer: ({ world, now, form }) => {
    const ids = listOf(form, 'NetworkAclId')
    const lost = ids.find(id => findNetworkAcl(world, id) === undefined)
    if (lost !== undefined) return noNetworkAcl(lost)
    const filters = filtersOf(form, FIELDS)
    if (!filters.ok) return filters
    const found = Object.values(world.networkAcls).filter(
      acl => (ids.length === 0 || ids.includes(acl.id)) && filters.matches(acl),
    )
    return { ok: true, body: after => ({ networkAclSet: found.map(acl => aclXml(after, acl, now)) }) }
  },
}

const FIELDS: FilterFields<WorldNetworkAcl> = {
  'network-acl-id': ({ id }) => [id],
  'association.subnet-id': ({ subnets }) => subnets,
}

const aclXml = (world: World, acl: WorldNetworkAcl, now: number): Xml => ({
  networkAclId: acl.id,
  vpcId: vpcOf(world),
  default: false,
  entrySet: entriesAt(acl, now).map(entryXml),
  associationSet: acl.subnets.map(subnet => ({
    networkAclAssociationId: `aclassoc-${hex(17, world.seed, 'acl-association', subnet)}`,
    networkAclId: acl.id,
    subnetId: subnet,
  })),
  tagSet: tagsXml(acl.tags),
  ownerId: world.account,
})

const entryXml = ({ number, protocol, effect, direction, cidr, ports }: WorldAclEntry): Xml => ({
  ruleNumber: number,
  protocol,
  ruleAction: effect,
  egress: direction === 'egress',
  [familyOf(cidr) === 'ipv6' ? 'ipv6CidrBlock' : 'cidrBlock']: cidr,
  portRange: ports,
})
