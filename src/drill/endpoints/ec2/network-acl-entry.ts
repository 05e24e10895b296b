import { parsePrefix } from '../../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import type { WorldAclEntry } from '../../world/world.js'
import { type Ec2Reply, missing, refuse } from './action.js'
import type { Form } from './form.js'

// What requests say of an entry of a network ACL. Where EC2's documentation leaves it open, they are refused.

export type AclEntry = Omit<WorldAclEntry, 'at' | 'until'>
type Place = Pick<AclEntry, 'number' | 'direction'>
export type Refusal = Extract<Ec2Reply, { readonly ok: false }>
export type Read<T> = ({ readonly ok: true } & T) | Refusal

export const readEntry = (form: Form): Read<{ readonly entry: AclEntry }> => {
  const place = readPlace(form)
  if (!place.ok) return place
  const cidr = readCidr(form)
  if (!cidr.ok) return cidr
  const effect = form.get('RuleAction')
  if (effect === undefined) return missing('RuleAction')
  if (effect !== 'allow' && effect !== 'deny') return invalid('ruleAction', effect)
  const traffic = readTraffic(form)
  if (!traffic.ok) return traffic
  return { ok: true, entry: { ...place.place, effect, cidr: cidr.cidr, ...traffic.traffic } }
}

/** 32767 and above are EC2's own. */
export const readPlace = (form: Form): Read<{ readonly place: Place }> => {
  const [number, egress] = [form.get('RuleNumber'), form.get('Egress')]
  if (number === undefined) return missing('RuleNumber')
  if (egress === undefined) return missing('Egress')
  if (!isWithinRange(number, 1, 32_766)) return invalid('ruleNumber', number)
  if (egress !== 'true' && egress !== 'false') return invalid('egress', egress)
  return { ok: true, place: { number: Number(number), direction: egress === 'true' ? 'egress' : 'ingress' } }
}

/** Host bits are cleared, as EC2 does: 100.68.0.18/18 comes back as 100.68.0.0/18. */
const readCidr = (form: Form): Read<{ readonly cidr: Prefix }> => {
  const [ipv4, ipv6] = [form.get('CidrBlock'), form.get('Ipv6CidrBlock')]
  if (ipv4 !== undefined && ipv6 !== undefined) {
    return refuse('InvalidParameterCombination', 'Specify either cidrBlock or ipv6CidrBlock, not both.')
  }
  const written = ipv4 ?? ipv6
  if (written === undefined) return missing('cidrBlock or ipv6CidrBlock')
  const family = ipv6 === undefined ? 'ipv4' : 'ipv6'
  const read = parsePrefix(written)
  return read.ok && read.value.family === family && written.includes('/')
    ? { ok: true, cidr: read.value.prefix }
    : invalid(family === 'ipv4' ? 'cidrBlock' : 'ipv6CidrBlock', written)
}

type Traffic = Pick<AclEntry, 'protocol' | 'ports'>

/** TCP and UDP need ports, and nothing else has any: where they are sent with another protocol EC2 ignores them. */
const readTraffic = (form: Form): Read<{ readonly traffic: Traffic }> => {
  const protocol = form.get('Protocol')
  if (protocol === undefined) return missing('Protocol')
  if (protocol !== '-1' && !isWithinRange(protocol, 0, 255)) return invalid('protocol', protocol)
  if (ICMP.has(protocol)) {
    return refuse('UnsupportedOperation', 'A drill has no entries for ICMP: their types are not simulated.')
  }
  return WITH_PORTS.has(protocol) ? readPorts(form, protocol) : { ok: true, traffic: { protocol } }
}

const ICMP: ReadonlySet<string> = new Set(['1', '58'])
const WITH_PORTS: ReadonlySet<string> = new Set(['6', '17'])

const readPorts = (form: Form, protocol: string): Read<{ readonly traffic: Traffic }> => {
  const [from, to] = [form.get('PortRange.From'), form.get('PortRange.To')]
  if (from === undefined || to === undefined) return missing('portRange')
  const fits = isWithinRange(from, 0, 65_535) && isWithinRange(to, Number(from), 65_535)
  return fits
    ? { ok: true, traffic: { protocol, ports: { from: Number(from), to: Number(to) } } }
    : invalid('portRange', `${from}-${to}`)
}

const isWithinRange = (text: string, least: number, most: number): boolean =>
  /^(?:0|[1-9]\d*)$/.test(text) && Number(text) >= least && Number(text) <= most

const invalid = (parameter: string, value: string): Refusal =>
  refuse('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid.`)
