import path from 'node:path'
import type { ExitCode } from '../../domain/exit-codes.js'
import { isOneAction } from '../../engine/alone.js'
import type { IncidentState } from '../../engine/state.js'
import { undoableVisits } from '../../engine/undo.js'
import type { Fleet } from '../../fleet/fleet.js'
import { fleetNamespace } from '../../fleet/namespace.js'
import { readJournal } from '../../journal/file-journal.js'
import { resolveUrl } from '../../providers/endpoint.js'
import { createSystemClock } from '../../runtime/system-clock.js'
import { VERSION } from '../../version.js'
import { type Closing, printClosing } from './closing.js'
import { conduct } from './conduct.js'
import { heldBackLines } from './do/what-became.js'
import type { Global, Io } from './io.js'
import type { Session, SessionOptions, Setting } from './session-contract.js'
import { standpointOf } from './standpoint.js'
import { filtersFolder, stateDir } from './state.js'

/**
 * The real world: the system's clock, the operator's own credentials, addresses as they are written. `since` is the
 * last moment that the incident's journal knows, in milliseconds since 1970.
 */
export const realSetting = (io: Pick<Io, 'env' | 'cwd'>, global: Global, fleet: Fleet, since = 0): Setting => {
  const state = stateDir(io, global)
  const namespace = fleetNamespace(fleet)
  return {
    clock: createSystemClock(since),
    resolve: resolveUrl,
    ...(fleet.region === undefined ? {} : { aws: { region: fleet.region, version: VERSION } }),
    inventory: path.join(state, 'inventory', namespace),
    baselines: path.join(state, 'baselines', namespace),
    clients: path.join(state, 'clients', namespace),
    allowlist: path.join(state, 'allowlist', namespace),
    filters: filtersFolder(state, fleet),
    standpoint: standpointOf(io.env),
    locks: path.join(state, 'locks', namespace),
    virtual: false,
  }
}

export const conductReal = (
  io: Io,
  session: Session,
  { paths, json }: Pick<SessionOptions, 'paths'> & { readonly json: boolean },
): Promise<ExitCode> =>
  conduct(io, session, async ({ state }) => {
    if (json) return
    const verified = await readJournal(paths.journal)
    if (!verified.ok) throw new Error(verified.failure.message)
    const { entries: events, head } = verified.value
    const { id } = session
    const more = isOneAction(state) ? heldBackLines(events) : []
    printClosing(io, { id, journal: paths.journal, head, events, state, next: nextCommands(id, state), more })
  })

const nextCommands = (id: string, state: IncidentState): Closing['next'] => [
  ...(isOneAction(state) && undoableVisits(state).length > 0
    ? [{ command: `firebreak undo ${id}`, why: 'take back what was done; its plan is shown first' }]
    : []),
  { command: `firebreak status ${id}`, why: 'what was done, and what still stands' },
  { command: `firebreak journal verify ${id}`, why: 'prove that nothing in the record was changed' },
]
