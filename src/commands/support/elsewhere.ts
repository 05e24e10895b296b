import path from 'node:path'
import { beingTaken } from '../../engine/ops.js'
import { type Spent, spentIn } from '../../engine/rate.js'
import { replay } from '../../engine/replay.js'
import type { IncidentState } from '../../engine/state.js'
import { fleetNamespace } from '../../fleet/namespace.js'
import { foldJournal } from '../../journal/file-journal.js'
import type { SessionOptions } from './session-contract.js'
import { incidentIds, incidentPaths } from './state.js'

type Here = Pick<SessionOptions, 'id' | 'paths' | 'mode' | 'fleet'>

/** What the other incidents of the same fleet do, by their journals in this state folder. */
export type Elsewhere = {
  /** Serving targets of a cluster that open ones were taking away when their journals end: sent, and not known to have happened. */
  readonly taken: (cluster: string) => Promise<readonly string[]>
  /** What all of them have spent, those that have ended included. */
  readonly spent: () => Promise<readonly Spent[]>
}

/** A drill has no others. */
export const lookElsewhere = ({ id, paths, mode, fleet }: Here): Elsewhere => {
  if (mode.fleet === 'simulated') return { taken: async () => [], spent: async () => [] }
  const state = path.resolve(paths.dir, '..', '..')
  const namespace = fleetNamespace(fleet)
  /** Nothing is ever added to these again, or they are about something else: what they have spent is all that counts. */
  const settled = new Map<string, readonly Spent[]>([[id, []]])
  const look = async (): Promise<readonly Other[]> => {
    const ids = await incidentIds(state)
    if (!ids.ok) return []
    return ids.value.map(other => {
      const known = settled.get(other)
      if (known) return { spent: known }
      const found = readOther(incidentPaths(state, other).journal, namespace)
      if (found.settled) settled.set(other, found.spent)
      return found
    })
  }
  return {
    taken: async cluster =>
      (await look()).flatMap(({ open }) => (open === undefined ? [] : beingTaken(open, cluster))),
    spent: async () => (await look()).flatMap(({ spent }) => spent),
  }
}

type Other = { readonly open?: IncidentState; readonly spent: readonly Spent[] }

const readOther = (journal: string, namespace: string): Other & { readonly settled?: true } => {
  const read = foldJournal(journal, replay)
  if (!read.ok || !read.value.folded.ok) return { spent: [] } // one that cannot be read stops whoever works on it, not everybody else
  const state = read.value.folded.value
  const { opened, status } = state
  if (!opened) return { spent: [] }
  const isOurs = opened.mode.fleet === 'real' && opened.fleet.namespace === namespace
  if (!isOurs) return { spent: [], settled: true }
  const spent = spentIn(state)
  return status === 'ended' ? { spent, settled: true } : { open: state, spent }
}
