import type { Protected } from '../../fleet/allowlist/allowlist.js'
import type { KnownClient } from '../../fleet/client-history.js'
import type { Attributed } from '../../providers/attribution.js'
import { lookAtClients, type Sight } from '../../providers/client-sight.js'
import type { Look } from '../../providers/look.js'
import { suspectsIn } from '../../providers/suspects.js'
import type { Report } from '../contract.js'
import { ageWords, blind, proxiesOf } from '../report.js'
import { outputOf } from './output.js'
import type { Input, Output } from './schema.js'

/** Asks every proxy who is connected, and changes nothing. Who is there on a calm day is remembered. */
export const run = async ({ cluster, show }: Input, look: Look): Promise<Report<Output>> => {
  const found = await proxiesOf(cluster, look)
  if ('blind' in found) return found.blind
  const { group, inventory } = found
  const sight = await lookAtClients(group, inventory, look)
  const age = ageWords(inventory, look)
  if (sight.answered === 0)
    return blind(`none of ${inventory.targets.length} proxies of ${cluster} answered${age}`)
  const { attributed, calm, known } = await suspectsIn(cluster, sight, look)
  const verdict = verdictOf(attributed, sight, calm)
  if (verdict === 'pass') look.clients.record(cluster, calmSight(sight, look))
  const output = outputOf(attributed, sight, { known, allowlist: await namesIn(look), show })
  const doubt = calm === undefined ? '; no calm day is known to compare with' : ''
  return { verdict, output, summary: `${words(cluster, output, attributed, sight)}${doubt}${age}` }
}

/** That nobody is found is good news only where everybody was seen, and can be compared with a calm day. */
const verdictOf = (
  { suspects, risen }: Attributed,
  { unseen }: Sight,
  calm: number | undefined,
): Report<Output>['verdict'] => {
  if (suspects.length > 0) return 'fail'
  return risen || unseen.length > 0 || calm === undefined ? 'inconclusive' : 'pass'
}

const calmSight = ({ clients }: Sight, { clock }: Look): ReadonlyMap<string, KnownClient> =>
  new Map([...clients].map(([address, connections]) => [address, { connections, at: clock.now() }]))

/** An allowlist that cannot be relied on must not be blocked by; names may be read from it all the same. */
const namesIn = async ({ allowlist }: Look): Promise<readonly Protected[]> => {
  const standing = await allowlist()
  return standing.ok ? standing.value.allowlist.entries : []
}

const words = (
  cluster: string,
  output: Output,
  { risen }: Attributed,
  { clients, answered, unseen }: Sight,
): string => {
  const { total, rise, suspects } = output
  const percent = `${Math.round(output.share * 100)} %`
  const all = `${clients.size} addresses hold ${total} connections at ${answered} proxies of ${cluster}, ${Math.round(rise)} more than is usual`
  const silent = unseen.length > 0 ? `; not seen: ${unseen.map(({ id }) => id).join(', ')}` : ''
  if (suspects.length > 0)
    return `${all}; ${percent} of those are of ${suspects.map(one => named(one, output)).join(', ')}${silent}`
  if (!risen) return `${all}, which is no rise${silent}`
  return `${all}; no handful of addresses or networks explains it (at most ${percent} of it): blocking some of them would not end it${silent}`
}

const named = (prefix: string, { addresses, networks }: Output): string => {
  const names = [...addresses, ...networks].find(holder => holder.prefix === prefix)?.names ?? []
  return names.length === 0 ? prefix : `${prefix} (${names.join(', ')})`
}
