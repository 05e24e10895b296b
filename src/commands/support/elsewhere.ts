import path from 'node:path'
import { beingTaken } from '../../engine/ops.js'
import { replay } from '../../engine/replay.js'
import { fleetNamespace } from '../../fleet/namespace.js'
import { foldJournal } from '../../journal/file-journal.js'
import type { SessionOptions } from './session-contract.js'
import { incidentIds, incidentPaths } from './state.js'

type Here = Pick<SessionOptions, 'id' | 'paths' | 'mode' | 'fleet'>

/**
 * Serving targets of a cluster that other open incidents of the same fleet were taking away when their journals end:
 * sent, and not known to have happened. A drill has no others.
 */
export const lookElsewhere = ({ id, paths, mode, fleet }: Here) => {
  if (mode.fleet === 'simulated') return async () => []
  const state = path.resolve(paths.dir, '..', '..')
  const namespace = fleetNamespace(fleet)
  /** Nothing is ever added to these again, or it is about something else. */
  const settled = new Set([id])
  return async (cluster: string): Promise<readonly string[]> => {
    const ids = await incidentIds(state)
    if (!ids.ok) return []
    return ids.value
      .filter(other => !settled.has(other))
      .flatMap(other => {
        const taken = takenBy(incidentPaths(state, other).journal, namespace, cluster)
        if (taken === 'settled') settled.add(other)
        return taken === 'settled' ? [] : taken
      })
  }
}

const takenBy = (journal: string, namespace: string, cluster: string): readonly string[] | 'settled' => {
  const read = foldJournal(journal, replay)
  if (!read.ok || !read.value.folded.ok) return [] // one that cannot be read stops whoever works on it, not everybody else
  const state = read.value.folded.value
  const { opened, status } = state
  if (!opened) return []
  const isOurs = opened.mode.fleet === 'real' && opened.fleet.namespace === namespace
  return isOurs && status !== 'ended' ? beingTaken(state, cluster) : 'settled'
}
