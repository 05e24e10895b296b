import { epochMs, type Instant } from '../domain/instant.js'
import type { Json } from '../domain/json.js'
import type { Scope } from '../domain/scope.js'
import { calledBy, currentStep, parentOf, runbookOf } from './frames.js'
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
  const chain = enclosing(state, frame)
  const items = itemsOf(state, chain)
  const runbook = runbookOf(state, frame)
  const durations = Object.keys(runbook.inputs).filter(name => runbook.inputs[name]?.type === 'duration')
  return {
    inputs: calledBy(state, frame)?.inputs ?? opened.inputs,
    ...(durations.length === 0 ? {} : { durations }),
    // Made when an expression looks: most inputs are plain values, and there may be a hundred steps.
    get steps() {
      return mapResults(chain, ({ output }) => output)
    },
    get outcomes() {
      return mapResults(chain, ({ outcome }) => outcome)
    },
    visits: Object.assign({}, ...chain.map(({ visits }) => visits)),
    ...(items === undefined ? {} : { items }),
    ...(result === undefined ? {} : { result }),
    posture: state.raised?.to ?? opened.posture,
    impact: runbook.severity ?? '',
    elapsedMs: now - since(openedAt),
    incident: { id: incident },
    mode: opened.mode,
  }
}

const since = (opened: Instant): number => epochMs(opened)

/** The frame and those around it, outermost first: as far as the same runbook goes. */
const enclosing = (state: IncidentState, frame: Frame): readonly Frame[] => {
  const parent = frame.called ? undefined : parentOf(state, frame)
  return parent ? [...enclosing(state, parent), frame] : [frame]
}

const itemsOf = (state: IncidentState, chain: readonly Frame[]): Scope['items'] => {
  const items = chain.flatMap(frame => {
    const parent = parentOf(state, frame)
    const step = parent && currentStep(state, parent)
    const item = frame.block?.item
    return step?.kind === 'each' && item !== undefined ? [[step.as, item] as const] : []
  })
  return items.length === 0 ? undefined : Object.fromEntries(items)
}

const mapResults = <T>(
  chain: readonly Frame[],
  pick: (result: Frame['results'][string]) => T | undefined,
): { [id: string]: T } => {
  const picked: { [id: string]: T } = {}
  for (const { results } of chain)
    for (const [id, result] of Object.entries(results)) {
      const value = pick(result)
      if (value !== undefined) picked[id] = value
    }
  return picked
}
