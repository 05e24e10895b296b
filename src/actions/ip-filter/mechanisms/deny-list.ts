import { fail, ok, type Result } from '../../../domain/result.js'
import type { Prefix } from '../../../fleet/addresses/prefix.js'
import type { Haproxy } from '../../../providers/contract.js'
import { bySocat } from '../../socat.js'
import type { DenialBy } from '../denial.js'
import type { Mechanism } from './mechanism.js'

/** Entries of a list in the HAProxy of one proxy: forgotten where that is restarted, and taken away by nobody but us. */
export const denyList: Mechanism<DenialBy<'deny_list'>> = {
  standing: async ({ place, prefixes }, providers) => {
    const listed = await providers.haproxy(place.admin).listed(place.list)
    if (!listed.ok) return listed
    const there = new Set(listed.value.map(({ pattern }) => pattern))
    return ok(prefixes.filter(prefix => there.has(prefix)))
  },
  deniedBy: async ({ place: { admin, list } }, address, providers) => {
    const found = await providers.haproxy(admin).matches(list, address)
    return found.ok ? ok(found.value?.pattern ?? null) : found
  },
  put: async ({ place: { admin, list }, prefixes }, _term, providers) => {
    const haproxy = providers.haproxy(admin)
    const put = { added: [] as Prefix[], already: [] as Prefix[] }
    for (const prefix of prefixes) {
      const denied = await haproxy.deny(list, prefix)
      if (!denied.ok) return takeBack(haproxy, list, put.added, denied)
      put[denied.value].push(prefix)
    }
    return ok({ already: put.already })
  },
  take: async ({ place: { admin, list }, prefixes }, providers) => {
    const haproxy = providers.haproxy(admin)
    for (const prefix of prefixes) {
      const allowed = await haproxy.allow(list, prefix)
      if (!allowed.ok) return allowed
    }
    return ok(null)
  },
  byHand: {
    put: ({ place: { admin, list }, prefixes }) =>
      prefixes.map(prefix => bySocat(`add acl ${list} ${prefix}`, admin)),
    take: ({ place: { admin, list }, prefixes }) =>
      prefixes.map(prefix => bySocat(`del acl ${list} ${prefix}`, admin)),
  },
}

/** Some stand and one does not: either all do or none, so that what failed has changed nothing. */
const takeBack = async (
  haproxy: Haproxy,
  list: string,
  added: readonly Prefix[],
  failed: Extract<Result<unknown>, { readonly ok: false }>,
): Promise<Result<never>> => {
  for (const prefix of added) {
    const allowed = await haproxy.allow(list, prefix)
    if (!allowed.ok)
      return fail(
        'target.timeout',
        `${failed.failure.message}; and ${prefix}, which was put up before it, may still stand: ${allowed.failure.message}`,
        `look at the list with \`show acl ${list}\``,
      )
  }
  return failed
}
