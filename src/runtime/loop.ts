import type { Failure } from '../domain/result.js'
import { type Command, pending } from '../engine/pending.js'
import type { IncidentState } from '../engine/state.js'
import type { Deps } from './deps.js'
import { execute } from './executors/execute.js'

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
  const inFlight = new Map<string, Promise<void>>()
  while (stop.reason() === undefined) {
    if (deps.until !== undefined && deps.clock.now() > deps.until)
      stop.request('nobody watches, and it goes on and on')
    const idle = pending(ledger.state()).filter(({ frame }) => !inFlight.has(frame))
    for (const command of idle) inFlight.set(command.frame, track(deps, command, inFlight))
    if (inFlight.size === 0) return { how: 'ended', state: ledger.state() }
    await Promise.race(inFlight.values())
  }
  await Promise.all(inFlight.values())
  return pause(deps)
}

const track = async (deps: Deps, command: Command, inFlight: Map<string, Promise<void>>): Promise<void> => {
  try {
    await execute(deps, command)
  } finally {
    inFlight.delete(command.frame)
  }
}

const pause = async (deps: Deps): Promise<Ending> => {
  const { ledger, stop } = deps
  const reason = stop.reason() ?? 'asked to pause'
  if (ledger.state().status !== 'open') return { how: 'ended', state: ledger.state() }
  await ledger.append({ type: 'incident.paused', data: { reason } })
  return { how: 'paused', state: ledger.state(), reason }
}
