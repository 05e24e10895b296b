import type { Prefix } from '../fleet/addresses/prefix.js'

/** Who passes into some subnets and out of them. It remembers nothing: flows that are open when it changes die slowly. */
export type NetworkAcl = {
  readonly id: string
  readonly entries: readonly AclEntry[]
  /** Ids of the subnets behind it: whatever stands there is behind it, too. */
  readonly subnets: readonly string[]
  readonly tags: { readonly [key: string]: string }
}

/**
 * One entry. It cannot be changed, has no tags and no words of its own: whose it is can only be known by its number and
 * a record of it. What EC2 says of ICMP types besides is left out.
 */
export type AclEntry = {
  /** 1 to 32766. The lowest that matches decides. Above are EC2's own: what nothing else matches is denied. */
  readonly number: number
  /** Each has numbers of its own, which both families share. */
  readonly direction: 'ingress' | 'egress'
  readonly effect: 'allow' | 'deny'
  /** Canonical, because EC2 clears host bits: anything else would stand there otherwise than it was sent. */
  readonly prefix: Prefix
  /** As EC2 says it: `-1` is all, `6` TCP, `17` UDP. */
  readonly protocol: string
  /** The first and the last. TCP and UDP need them; all other protocols have none. */
  readonly ports?: { readonly from: number; readonly to: number }
}

/** Where an entry stands. */
export type AclEntryRef = Pick<AclEntry, 'number' | 'direction'> & { readonly acl: string }

/** What has that number there now, if anything has: ours or not. */
export const entryAt = (acl: NetworkAcl, { number, direction }: AclEntry): AclEntry | undefined =>
  acl.entries.find(entry => entry.number === number && entry.direction === direction)

/** Whether that very entry is there. One with its number and other content is somebody else's. */
export const standsIn = (acl: NetworkAcl, entry: AclEntry): boolean => {
  const there = entryAt(acl, entry)
  return there !== undefined && contentOf(there) === contentOf(entry)
}

const contentOf = ({ effect, prefix, protocol, ports }: AclEntry): string =>
  [effect, prefix, protocol, ports?.from, ports?.to].join(' ')

export const hasPorts = (protocol: string): boolean => protocol === '6' || protocol === '17'
