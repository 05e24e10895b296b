import { againstAllowlist } from '../../actions/ip-filter/against-allowlist.js'
import { touching } from '../../fleet/addresses/touching.js'
import { standingAllowlist } from '../../fleet/allowlist/standing.js'
import { fileAllowlistStore } from '../../fleet/allowlist/store.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'
import type { Fleet } from '../../fleet/fleet.js'
import { createSystemClock } from '../../runtime/system-clock.js'

/** Where the fleet file is meant to be, and the folder with the last good copy of its allowlist. */
type Places = { readonly file: string; readonly copies: string }

/**
 * Who came into the allowlist after a filter was put up, and is blocked by it: whoever put it up, what takes it away is
 * offered, and not done.
 */
export const hitLines = async (
  standing: readonly StandingFilter[],
  fleet: Fleet | undefined,
  { file, copies }: Places,
): Promise<readonly string[]> => {
  if (!fleet) return [`hits     unknown: ${file} cannot be read, and without it there is no allowlist`]
  const { load } = fileAllowlistStore(copies)
  const found = await standingAllowlist({
    fleet,
    store: { load, save: () => {} }, // whoever asks for the status changes nothing
    now: createSystemClock().now,
    commitOf: async () => undefined, // nobody asks here how old it is
  })
  if (!found.ok) return [`hits     unknown: ${found.failure.message}`]
  const { allowlist, instead } = found.value
  return [
    ...(instead
      ? [
          `hits     compared with the last good copy of the allowlist: ${instead.failure.message.replace(/\.$/, '')}`,
        ]
      : []),
    ...againstAllowlist(standing, touching(allowlist.entries)).map(
      ({ standing: { filter }, hit }) =>
        `hits     ${filter} blocks ${hit}, who is in the allowlist: \`firebreak do ip-filter.remove -w filters=${filter}\` takes it away`,
    ),
  ]
}
