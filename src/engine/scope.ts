import { epochMs, type Instant } from '../domain/instant.js'
import type { Json } from '../domain/json.js'
import type { Scope } from '../domain/scope.js'
import { runbookOf } from './frames.js'
import type { Frame, IncidentState } from './state.js'

/** What expressions in a frame can see now. */
export const scopeOf = (
  state: IncidentState,
  frame: Frame,
  incident: string,
  now: number,
  result?: Json,
): Scope => {
  const { opened, openedAt } = state
  if (!opened || openedAt === undefined) throw new Error('an incident that is not open has no scope')
  return {
    inputs: opened.inputs,
    steps: mapResults(frame, ({ output }) => output),
    outcomes: mapResults(frame, ({ outcome }) => outcome),
    visits: frame.visits,
    ...(result === undefined ? {} : { result }),
    posture: state.raised?.to ?? opened.posture,
    impact: runbookOf(state).severity ?? '',
    elapsedMs: now - since(openedAt),
    incident: { id: incident },
    mode: opened.mode,
  }
}

const since = (opened: Instant): number => epochMs(opened)

const mapResults = <T>(
  frame: Frame,
  pick: (result: Frame['results'][string]) => T | undefined,
): { [id: string]: T } => {
  const picked: { [id: string]: T } = {}
  for (const [id, result] of Object.entries(frame.results)) {
    const value = pick(result)
    if (value !== undefined) picked[id] = value
  }
  return picked
}
