import type { Failure } from '../domain/result.js'
import { type Command, pending } from '../engine/pending.js'
import type { IncidentState } from '../engine/state.js'
import type { Deps } from './deps.js'
import { execute } from './executors/execute.js'
import type { Ledger, Unwanted } from './ledger.js'
import { letGo } from './locked-for.js'

export type Ending =
  | { readonly how: 'ended'; readonly state: IncidentState }
  | { readonly how: 'paused'; readonly state: IncidentState; readonly reason: string }
  | { readonly how: 'broken'; readonly state: IncidentState; readonly failure: Failure }

/** Runs what is pending until the incident ends, pauses, or its journal cannot be written. */
export const runIncident = async (deps: Deps): Promise<Ending> => {
  const { ledger } = deps
  const broken = ledger.broken.then((failure): Ending => ({ how: 'broken', state: ledger.state(), failure }))
  return Promise.race([drive(deps), broken])
}

const drive = async (deps: Deps): Promise<Ending> => {
  const { ledger, stop } = deps
  const inFlight = new Map<string, Underway>()
  while (stop.reason() === undefined) {
    if (deps.until !== undefined && deps.clock.now() > deps.until)
      stop.request('nobody watches, and it goes on and on')
    const wanted = pending(ledger.state())
    withdrawOthers(inFlight, wanted)
    for (const command of wanted)
      if (!inFlight.has(command.frame)) inFlight.set(command.frame, begin(deps, command, inFlight))
    if (inFlight.size === 0) return ended(deps)
    await Promise.race([...inFlight.values()].map(({ done }) => done))
  }
  await Promise.all([...inFlight.values()].map(({ done }) => done))
  return pause(deps)
}

/** A command on its way. Withdrawn when the state no longer asks for it: only what waits for a moment listens. */
type Underway = { readonly id: string; readonly done: Promise<void>; readonly withdraw: AbortController }

const withdrawOthers = (inFlight: ReadonlyMap<string, Underway>, wanted: readonly Command[]): void => {
  for (const [frame, { id, withdraw }] of inFlight)
    if (!wanted.some(command => command.frame === frame && command.id === id)) withdraw.abort()
}

const begin = (deps: Deps, command: Command, inFlight: Map<string, Underway>): Underway => {
  const withdraw = new AbortController()
  return { id: command.id, withdraw, done: track(deps, command, withdraw.signal, inFlight) }
}

const track = async (
  deps: Deps,
  command: Command,
  withdrawn: AbortSignal,
  inFlight: Map<string, Underway>,
): Promise<void> => {
  try {
    await execute(speakingFor(deps, command), command, withdrawn)
  } finally {
    inFlight.delete(command.frame)
  }
}

/**
 * Side by side, what one frame finds may come after another one has failed or is taken back. What nobody waits for
 * any more is dropped; what became of an op is never among it.
 */
const speakingFor = (deps: Deps, { id }: Command): Deps => {
  const unwanted: Unwanted = state => pending(state).every(command => command.id !== id)
  const { ledger } = deps
  const append: Ledger['append'] = draft =>
    draft.type.startsWith('op.') ? ledger.append(draft) : ledger.append(draft, unwanted)
  return { ...deps, ledger: { ...ledger, append } }
}

const ended = async (deps: Deps): Promise<Ending> => {
  await letGo(deps)
  return { how: 'ended', state: deps.ledger.state() }
}

const pause = async (deps: Deps): Promise<Ending> => {
  const { ledger, stop } = deps
  const reason = stop.reason() ?? 'asked to pause'
  if (pending(ledger.state()).length === 0) return ended(deps)
  await letGo(deps)
  await ledger.append({ type: 'incident.paused', data: { reason } })
  return { how: 'paused', state: ledger.state(), reason }
}
