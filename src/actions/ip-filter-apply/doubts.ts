import { formatDuration } from '../../domain/duration.js'
import type { StandingAllowlist } from '../../fleet/allowlist/standing.js'
import type { Look } from '../../providers/look.js'
import { againstAllowlist } from '../ip-filter/against-allowlist.js'
import type { Drawn } from './plan.js'

/** What an operator should know before saying yes; `typed`: why a word must be typed for it. */
export const doubtsAbout = (
  drawn: Drawn,
  look: Look,
): { readonly typed: string | undefined; readonly warnings: readonly string[] } => {
  const { input, shield, present, carved } = drawn
  const { cluster } = drawn.found
  const { allowlist } = shield
  const blind = present.sight.answered === 0
  const typed = [
    ...(allowlist.instead ? [insteadWords(allowlist, look.clock.now())] : []),
    ...(blind ? [`no proxy of ${cluster.name} says who is connected: nobody knows who would be hit`] : []),
    ...(input.known === 'block' ? ['it blocks those who came on a calm day, too'] : []),
  ]
  return {
    typed: typed.length === 0 ? undefined : typed.join('; '),
    warnings: [
      ...carvedWords(drawn),
      ...allowlist.stale.map(
        ({ file, age, commit }) =>
          `${file} was not changed for ${formatDuration(age)}${commit ? ` (commit ${commit})` : ''}: who came since then may be missing in it`,
      ),
      ...attributionWords(drawn),
      ...(present.known.size === 0 && carved.known.length === 0
        ? [`nobody was ever seen at ${cluster.name} on a calm day, so that nobody is known there`]
        : []),
      ...present.sight.unseen.map(({ id, reason }) => `who is connected to ${id} is not known: ${reason}`),
      ...(cluster.proxies.address === 'target-group' && cluster.proxies.healthCheckers.length === 0
        ? [
            'the load balancer asks these proxies from addresses that the fleet file does not name (`health_checkers`)',
          ]
        : []),
      ...againstAllowlist(look.filters.all(), shield.hit).map(
        ({ standing, hit }) =>
          `${standing.filter}, which stands already, hits ${hit}: \`firebreak do ip-filter.remove -w filters=${standing.filter}\` takes it away`,
      ),
    ],
  }
}

const insteadWords = ({ instead, allowlist }: StandingAllowlist, now: number): string =>
  instead
    ? `the allowlist cannot be relied on (${instead.failure.message} ${instead.failure.next}); this goes by the last good copy, ${formatDuration(now - instead.keptAt)} old, with ${allowlist.entries.length} entries`
    : ''

const SHOWN = 12

const carvedWords = ({ carved }: Drawn): readonly string[] => {
  const lines = carved.protected.map(
    ({ prefix, name, at }) => `left out, and never blocked: ${prefix}, ${name ? `${name} (${at})` : at}`,
  )
  return [
    ...lines.slice(0, SHOWN),
    ...(lines.length > SHOWN ? [`left out, and never blocked: ${lines.length - SHOWN} more`] : []),
    ...(carved.known.length > 0
      ? [
          `left out, because they came on a calm day: ${carved.known.slice(0, SHOWN).join(', ')}${carved.known.length > SHOWN ? ` and ${carved.known.length - SHOWN} more` : ''}; \`known: block\` blocks them too`,
        ]
      : []),
  ]
}

/** A filter on some ends no flood that comes from all. */
const attributionWords = ({ present: { attributed }, impact }: Drawn): readonly string[] => {
  const { risen, suspects, rise } = attributed
  if (!risen) return ['there are no more connections than is usual: nothing says that these clients do harm']
  const part = rise === 0 ? 0 : Math.round((100 * Math.min(rise, impact.blocked)) / rise)
  if (suspects.length === 0)
    return [
      `no handful of addresses or networks explains the rise: a filter is the wrong tool then (this one takes at most ${part} % of it away)`,
    ]
  return part < 50 ? [`those blocked hold ${part} % of the rise: the rest of it stays`] : []
}
