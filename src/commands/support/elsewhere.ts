import path from 'node:path'
import { replay } from '../../engine/replay.js'
import { fleetNamespace } from '../../fleet/namespace.js'
import { readJournal } from '../../journal/file-journal.js'
import type { SessionOptions } from './session-contract.js'
import { incidentIds, incidentPaths } from './state.js'

/**
 * Serving targets of a cluster that other open incidents of the same fleet were taking away when their journals end:
 * sent, and not known to have happened. A drill has no others.
 */
export const takenElsewhere = async (
  { id, paths, mode, fleet }: Pick<SessionOptions, 'id' | 'paths' | 'mode' | 'fleet'>,
  cluster: string,
): Promise<readonly string[]> => {
  if (mode.fleet === 'simulated') return []
  const state = path.resolve(paths.dir, '..', '..')
  const ids = await incidentIds(state)
  const targets: string[] = []
  for (const other of ids.ok ? ids.value.filter(one => one !== id) : [])
    targets.push(...(await takenBy(incidentPaths(state, other).journal, fleetNamespace(fleet), cluster)))
  return targets
}

const takenBy = async (journal: string, namespace: string, cluster: string): Promise<readonly string[]> => {
  const read = await readJournal(journal)
  const folded = read.ok ? replay(read.value.entries) : read
  if (!folded.ok) return [] // one that cannot be read stops whoever works on it, not everybody else
  const { opened, status, ops } = folded.value
  if (status === 'ended' || opened?.mode.fleet !== 'real' || opened.fleet.namespace !== namespace) return []
  return Object.values(ops)
    .filter(op => op.status === 'started' && op.takes?.cluster === cluster)
    .flatMap(({ takes }) => takes?.targets ?? [])
}
