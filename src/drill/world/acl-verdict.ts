import { holds } from '../../fleet/addresses/arithmetic.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { entriesAt } from './network-acls.js'
import type { WorldAclEntry, WorldNetworkAcl } from './world.js'

/** A packet on its way into the subnets of an ACL, or out of them. */
export type Packet = {
  readonly direction: WorldAclEntry['direction']
  /** Of the other end: where it comes from on its way in, where it goes to on its way out. */
  readonly address: Prefix
  /** By its number: `6` is TCP. */
  readonly protocol: string
  /** Where it goes to. */
  readonly port: number
}

/** Lowest number first, and the first that matches decides. An ACL remembers nothing: answers need a pass of their own. */
export const passes = (acl: WorldNetworkAcl, packet: Packet, t: number): boolean =>
  entriesAt(acl, t).find(entry => matches(entry, packet))?.effect === 'allow'

const matches = (entry: WorldAclEntry, packet: Packet): boolean =>
  entry.direction === packet.direction &&
  (entry.protocol === '-1' || entry.protocol === packet.protocol) &&
  (entry.ports === undefined || (entry.ports.from <= packet.port && packet.port <= entry.ports.to)) &&
  holds([entry.cidr], packet.address)
