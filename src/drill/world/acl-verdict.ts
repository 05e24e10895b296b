import { holds } from '../../fleet/addresses/arithmetic.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import { type Blocks, blocksBy, type Everybody } from './block.js'
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

const TCP = '6'
/** A port as a system gives one to who connects: answers go there. */
const OWN_PORT = 49_152

/** Who can open no connection to that port behind an ACL, and when: neither what they send nor the answer may be denied. */
export const aclBlocks = (acl: WorldNetworkAcl, port: number, everybody: Everybody): Blocks => {
  const rules = acl.entries.map(({ cidr, at, until }) => ({
    prefix: cidr,
    rule: cidr,
    turns: until === undefined ? [at] : [at, until],
  }))
  return blocksBy(rules, everybody, ({ prefix: address }, _, t) => {
    const packet = { address, protocol: TCP }
    const asks = passes(acl, { ...packet, direction: 'ingress', port }, t)
    return !(asks && passes(acl, { ...packet, direction: 'egress', port: OWN_PORT }, t))
  })
}
