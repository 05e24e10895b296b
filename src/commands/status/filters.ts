// status of filters: what an incident has put up against clients and still stands, by the register; whether it is
// really there; and whom it hits who is in the allowlist by now. It changes nothing, and offers what would.

import path from 'node:path'
import { resourceOf } from '../../actions/ip-filter/denial.js'
import type { IncidentState } from '../../engine/state.js'
import type { StandingFilter } from '../../fleet/filters/filter.js'
import { fileFilterRegister } from '../../fleet/filters/register.js'
import { loadFleet } from '../../fleet/load.js'
import { salvageFleet } from '../../fleet/salvage.js'
import type { Entry } from '../../journal/contract.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { openFilterReach } from '../support/filter-reach.js'
import { atWords, deniedWords, timeWords } from '../support/filter-words.js'
import type { Global, Io } from '../support/io.js'
import { leaveSoon } from '../support/leave.js'
import type { Named } from '../support/named.js'
import { filtersRoot, stateDir } from '../support/state.js'
import { hitLines } from './hits.js'
import { NO_ANSWER, sightOf } from './sight.js'

type Incident = Named & { readonly state: IncidentState; readonly entries: readonly Entry[] }

/** Lines of `firebreak status`; none where no filter stands. */
export const filterLines = async (io: Io, options: Global, incident: Incident): Promise<readonly string[]> => {
  const { opened } = incident.state
  if (!opened) return []
  if (opened.mode.fleet === 'simulated') return drillLines(incident)
  const state = stateDir(io, options)
  const all = fileFilterRegister(path.join(filtersRoot(state), opened.fleet.namespace)).all()
  const own = all.filter(standing => standing.incident === incident.id)
  if (all.length === 0) return []
  const { file, namespace } = opened.fleet
  const loaded = (await loadFleet(file)).fleet
  const hits = hitLines(all, loaded, { file, copies: path.join(state, 'allowlist', namespace) })
  const ssh = (loaded ?? (await salvageFleet(file)))?.ssh
  return [...(await seenLines(own, incident, ssh)), ...(await hits)]
}

/** Its time is that of the drill, and of its world nothing is left that could be asked. */
const drillLines = ({ paths }: Incident): readonly string[] => {
  const all = fileFilterRegister(paths.filters).all()
  return [
    ...all.map(standing => `filter   ${atWords(standing)}: ${deniedWords(standing)}`),
    ...(all.length > 0
      ? ['         in a drill, whose world is gone: nobody looked whether they are there']
      : []),
  ]
}

const seenLines = async (
  own: readonly StandingFilter[],
  { entries }: Incident,
  ssh: Parameters<typeof openFilterReach>[1],
): Promise<readonly string[]> => {
  if (own.length === 0) return []
  const clock = createSystemClock()
  const reach = openFilterReach(clock, ssh)
  const sights = await Promise.all(
    own.map(standing => sightOf(standing, putUpAt(standing, entries), { clock, reach })),
  )
  reach.close()
  if (sights.includes(NO_ANSWER)) leaveSoon()
  return own.map((standing, index) => lineFor(standing, sights[index], clock.now()))
}

/** When it was put up there last, in milliseconds since 1970. */
const putUpAt = ({ filter, place }: StandingFilter, entries: readonly Entry[]): number | undefined => {
  const started = entries.findLast(
    ({ type, data }) =>
      type === 'op.started' &&
      data.kind === 'deny' &&
      data.args.filter === filter &&
      data.target === resourceOf(place),
  )
  return started && Date.parse(started.at)
}

const lineFor = (standing: StandingFilter, sight: string | undefined, now: number): string =>
  `filter   ${atWords(standing)}: ${sight ?? 'unknown'}; ${timeWords(standing.until, now)}; ${deniedWords(standing)}`
