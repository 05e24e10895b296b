import type {
  CreateNetworkAclEntryCommandInput,
  NetworkAclEntry as SdkEntry,
  NetworkAcl as SdkNetworkAcl,
} from '@aws-sdk/client-ec2'
import type { Result } from '../../domain/result.js'
import { fail } from '../../domain/result.js'
import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import { familyOf } from '../../fleet/addresses/prefix.js'
import { type AclEntry, hasPorts, type NetworkAcl } from '../network-acl.js'

/** Undefined where EC2 says too little of it, or of one of its entries. */
export const toNetworkAcl = (acl: SdkNetworkAcl): NetworkAcl | undefined => {
  const entries = (acl.Entries ?? []).map(toEntry)
  const read = entries.filter(entry => entry !== undefined)
  if (acl.NetworkAclId === undefined || read.length < entries.length) return undefined
  return {
    id: acl.NetworkAclId,
    entries: read,
    subnets: (acl.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
    tags: Object.fromEntries((acl.Tags ?? []).map(tag => [tag.Key ?? '', tag.Value ?? ''])),
  }
}

const toEntry = (entry: SdkEntry): AclEntry | undefined => {
  const { RuleNumber: number, Egress, RuleAction: effect, Protocol: protocol, PortRange: range } = entry
  const read = parsePrefix(entry.CidrBlock ?? entry.Ipv6CidrBlock ?? '')
  if (number === undefined || Egress === undefined || !effect || !protocol || !read.ok) return undefined
  return {
    number,
    direction: Egress ? 'egress' : 'ingress',
    effect,
    prefix: read.value.prefix,
    protocol,
    ...(hasPorts(protocol) ? portsOf(range) : {}),
  }
}

/** EC2 may show some with other protocols, too, where it ignores them. */
const portsOf = ({ From: from, To: to }: SdkEntry['PortRange'] = {}): Pick<AclEntry, 'ports'> =>
  from === undefined || to === undefined ? {} : { ports: { from, to } }

/**
 * Why it would stand there otherwise than it reads: EC2 widens a prefix with host bits without a word, and Moto takes
 * any number. Undefined where it may be sent.
 */
export const whyNotSent = (entry: AclEntry): Result<never> | undefined => {
  const { number, prefix, protocol, ports } = entry
  const read = parsePrefix(prefix)
  if (!Number.isInteger(number) || number < 1 || number > 32_766)
    return unsent(`${number} is no number of an entry`, 'Take one from 1 to 32766.')
  // Its type says that it is canonical; but much can stand between a plan and this place.
  if (!read.ok) return unsent(read.failure.message.replace(/\.$/, ''), read.failure.next)
  const canonical = read.value.prefix
  if (canonical !== prefix)
    return unsent(
      `${prefix} would stand there as ${canonical}`,
      `If that is what is meant, write ${canonical}.`,
    )
  return hasPorts(protocol) === (ports !== undefined)
    ? undefined
    : unsent(
        `protocol ${protocol} ${ports ? 'has no ports' : 'needs ports'}`,
        'Only TCP (6) and UDP (17) have ports.',
      )
}

const unsent = (what: string, next: string): Result<never> =>
  fail('ec2.rejected', `CreateNetworkAclEntry: ${what}; nothing was sent.`, next)

export const createEntryInput = (acl: string, entry: AclEntry): CreateNetworkAclEntryCommandInput => ({
  NetworkAclId: acl,
  RuleNumber: entry.number,
  Egress: entry.direction === 'egress',
  RuleAction: entry.effect,
  Protocol: entry.protocol,
  ...(familyOf(entry.prefix) === 'ipv6' ? { Ipv6CidrBlock: entry.prefix } : { CidrBlock: entry.prefix }),
  ...(entry.ports === undefined ? {} : { PortRange: { From: entry.ports.from, To: entry.ports.to } }),
})
