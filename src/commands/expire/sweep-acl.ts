import pLimit from 'p-limit'
import { standingIn, type TaggedFilter } from '../../actions/ip-filter/acl-tag.js'
import { entryOf, networkAcl } from '../../actions/ip-filter/mechanisms/network-acl.js'
import { type Failure, fail, ok, type Result } from '../../domain/result.js'
import type { Providers } from '../../providers/contract.js'
import { entryAt, type NetworkAcl, standsIn } from '../../providers/network-acl.js'

/** A filter that a tag of the ACL tells of, and what has its number there: its entry, another one, or none. */
export type Tagged = { readonly standing: TaggedFilter; readonly entry: 'ours' | 'other' | 'none' }

/** All that the tags of an ACL tell of, by number. */
export const taggedIn = async (
  { acl, region }: { readonly acl: string; readonly region: string },
  providers: Pick<Providers, 'ec2'>,
): Promise<Result<readonly Tagged[]>> => {
  const ec2 = await providers.ec2()
  if (!ec2.ok) return ec2
  const described = await ec2.value.describeNetworkAcls([acl])
  if (!described.ok) return described
  const [found] = described.value
  if (!found) return fail('ec2.not-found', `EC2 shows no ${acl} in ${region}`, 'look for it, or name --region')
  const told = standingIn(found, region).map(standing => ({ standing, entry: entryFor(standing, found) }))
  return ok(told.sort((a, b) => a.standing.place.number - b.standing.place.number))
}

const entryFor = (standing: TaggedFilter, acl: NetworkAcl): Tagged['entry'] => {
  const entry = entryOf(standing)
  if (standsIn(acl, entry)) return 'ours'
  return entryAt(acl, entry) ? 'other' : 'none'
}

/** What is to go: entries whose time is over, or all of ours; and tags whose entry is gone, which say what is not so. */
export const isLeaving = ({ standing, entry }: Tagged, all: boolean, now: number): boolean =>
  entry === 'none' || all || standing.until <= now

export type Swept = Tagged & {
  readonly state: 'removed' | 'untagged' | 'other' | 'stands' | 'in-doubt'
  readonly failure?: Failure
}

/** EC2 counts requests: not all at once. */
const SIDE_BY_SIDE = 4

/** Each is looked at again right before it goes: an entry that is not what its tag says is never removed. */
export const sweep = (leaving: readonly Tagged[], providers: Providers): Promise<readonly Swept[]> =>
  pLimit(SIDE_BY_SIDE).map(leaving, tagged => sweepOne(tagged, providers))

const sweepOne = async (tagged: Tagged, providers: Providers): Promise<Swept> => {
  if (tagged.entry === 'other') return { ...tagged, state: 'other' }
  const taken = await networkAcl.take(tagged.standing, providers)
  if (taken.ok) return { ...tagged, state: tagged.entry === 'ours' ? 'removed' : 'untagged' }
  const { failure } = taken
  return { ...tagged, state: failure.code === 'ec2.ambiguous' ? 'in-doubt' : 'stands', failure }
}
