import { fail, ok, type Result } from '../../../domain/result.js'
import { familyOf } from '../../../fleet/addresses/prefix.js'
import type { Ec2, Providers } from '../../../providers/contract.js'
import { type AclEntry, type NetworkAcl, standsIn } from '../../../providers/network-acl.js'
import { standingIn, tagFor, tagKey } from '../acl-tag.js'
import type { DenialBy } from '../denial.js'
import type { Mechanism } from './mechanism.js'

type D = DenialBy<'network_acl'>

/** One entry of a network ACL, at the number of its place, with a tag of the ACL that says whose it is and until when. */
export const networkAcl: Mechanism<D> = {
  standing: async (denial, providers) => {
    const seen = await look(denial, providers)
    if (!seen.ok) return seen
    return ok(standsIn(seen.value.acl, entryOf(denial)) ? denial.prefixes : [])
  },
  put: async (denial, { until, incident, ours }, providers) => {
    const { acl, number } = denial.place
    const ec2 = await providers.ec2()
    if (!ec2.ok) return ec2
    const made = await create(ec2.value, denial)
    if (!made.ok) return made
    // The same entry of another machine has a tag of its own, by which it is taken away.
    const isOurs = made.value || denial.prefixes.some(prefix => ours.has(prefix))
    const already = made.value ? [] : denial.prefixes
    if (!isOurs) return ok({ already })
    const tags = { [tagKey(number)]: tagFor({ ...denial, until, incident }) }
    const tagged = await ec2.value.createTags([acl], tags)
    if (tagged.ok) return ok({ already })
    return ok({ already, untold: `its tag on ${acl} could not be set: ${tagged.failure.message}` })
  },
  take: async (denial, providers) => {
    const seen = await look(denial, providers)
    if (!seen.ok) return seen
    const { ec2, acl } = seen.value
    const { number } = denial.place
    // Another entry at that number is somebody else's: it stays.
    const gone = standsIn(acl, entryOf(denial)) ? await remove(ec2, denial) : ok(null)
    if (!gone.ok) return gone
    // So is a tag that names another filter: who comes after us may have that number by now.
    if (filterAt(acl, denial) !== denial.filter) return ok(null)
    const untagged = await ec2.deleteTags([acl.id], [tagKey(number)])
    return untagged.ok ? ok(null) : untagged
  },
  byHand: {
    put: denial => [`aws ec2 create-network-acl-entry ${placeOptions(denial)} ${ruleOptions(denial)}`],
    take: denial => [`aws ec2 delete-network-acl-entry ${placeOptions(denial)}`],
  },
}

/** As EC2 says it. */
const PROTOCOLS = { tcp: '6', udp: '17' } as const

/** What stands there because of it. A place of an ACL takes one prefix. */
export const entryOf = ({ place, scope, prefixes: [prefix] }: D): AclEntry => {
  if (prefix === undefined) throw new Error('a denial without a prefix')
  return {
    number: place.number,
    direction: 'ingress',
    effect: 'deny',
    prefix,
    protocol: PROTOCOLS[scope.protocol],
    ports: scope.ports,
  }
}

const look = async (
  { place }: D,
  providers: Providers,
): Promise<Result<{ readonly ec2: Ec2; readonly acl: NetworkAcl }>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const described = await ec2.value.describeNetworkAcls([place.acl])
  if (!described.ok) return described
  const [acl] = described.value
  return acl ? ok({ ec2: ec2.value, acl }) : fail('ec2.not-found', `EC2 shows no ${place.acl}`, 'look for it')
}

/** False: that very entry stands there already. What nobody knows is looked at. */
const create = async (ec2: Ec2, denial: D): Promise<Result<boolean>> => {
  const { acl, number } = denial.place
  const entry = entryOf(denial)
  const made = await ec2.createNetworkAclEntry({ acl, entry })
  if (made.ok) return ok(true)
  if (made.failure.code !== 'ec2.exists' && made.failure.code !== 'ec2.ambiguous') return made
  const described = await ec2.describeNetworkAcls([acl])
  const stands = described.ok && described.value.some(one => standsIn(one, entry))
  if (made.failure.code === 'ec2.ambiguous') return stands ? ok(true) : made
  if (stands) return ok(false)
  return fail(
    'ec2.exists',
    `somebody else has put another entry at number ${number} of ${acl} meanwhile: it was left alone`,
    'visit the step again: a free number is looked for',
  )
}

/** The filter whose tag the ACL has for that number. */
const filterAt = (acl: NetworkAcl, { place }: D): string | undefined =>
  standingIn(acl, place.region).find(told => told.place.number === place.number)?.filter

const remove = async (ec2: Ec2, denial: D): Promise<Result<null>> => {
  const { acl, number } = denial.place
  const gone = await ec2.deleteNetworkAclEntry({ acl, number, direction: 'ingress' })
  return gone.ok || gone.failure.code === 'ec2.not-found' ? ok(null) : gone
}

const placeOptions = ({ place: { acl, number } }: D): string =>
  `--network-acl-id ${acl} --rule-number ${number} --ingress`

const ruleOptions = (denial: D): string => {
  const { protocol, ports, prefix } = entryOf(denial)
  const cidr = familyOf(prefix) === 'ipv6' ? `--ipv6-cidr-block ${prefix}` : `--cidr-block ${prefix}`
  return `--rule-action deny --protocol ${protocol} --port-range From=${ports?.from},To=${ports?.to} ${cidr}`
}
