// Builds runbook models and drives incidents through `pending`, one reply at a time.

import { type Draft, type Event, MAIN_FRAME } from '../../src/domain/event.js'
import { toInstant } from '../../src/domain/instant.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Mode } from '../../src/domain/mode.js'
import type { Blast, Plan } from '../../src/domain/plan.js'
import type {
  ActionStep,
  AskStep,
  BranchStep,
  CheckStep,
  Choice,
  EachStep,
  EndStep,
  GotoStep,
  ManualStep,
  NotifyStep,
  ParallelStep,
  Runbook,
  RunStep,
  Step,
  UntilStep,
  WaitStep,
} from '../../src/domain/runbook.js'
import { type Command, pending } from '../../src/engine/pending.js'
import { EMPTY, type IncidentState } from '../../src/engine/state.js'
import { next, transition } from '../../src/engine/transition.js'

const at = { line: 1, column: 1 }

export const runbook = (...steps: Step[]): Runbook => ({
  name: 'a-runbook',
  title: 'A runbook',
  severity: 'sev2',
  triggers: [],
  inputs: {},
  steps,
  hash: 'f'.repeat(64),
})

export const check = (id: string, more: Partial<CheckStep> = {}): CheckStep => ({
  id,
  at,
  kind: 'check',
  check: 'a.check',
  with: {},
  onFailure: { do: 'ask' },
  onInconclusive: { do: 'ask' },
  ...more,
})

export const action = (id: string, more: Partial<ActionStep> = {}): ActionStep => ({
  id,
  at,
  kind: 'action',
  action: 'an.action',
  with: {},
  onFailure: { do: 'ask' },
  ...more,
})

export const ask = (id: string, ...choices: Choice[]): AskStep => ({
  id,
  at,
  kind: 'ask',
  ask: { literal: 'What now?' },
  choices,
})

export const choice = (key: string, more: Partial<Choice> = {}): Choice => ({
  key,
  label: { literal: key },
  recommended: false,
  ...more,
})

export const manual = (id: string, more: Partial<ManualStep> = {}): ManualStep => ({
  id,
  at,
  kind: 'manual',
  manual: { literal: 'Do it by hand' },
  onFailure: { do: 'ask' },
  ...more,
})

export const branch = (id: string, ...arms: BranchStep['branch'][number][]): BranchStep => ({
  id,
  at,
  kind: 'branch',
  branch: arms,
})

export const wait = (id: string, ms: number): WaitStep => ({ id, at, kind: 'wait', wait: ms })
export const goto = (id: string, target: string): GotoStep => ({ id, at, kind: 'goto', goto: target })
export const end = (id: string, outcome: EndStep['end'] = 'resolved'): EndStep => ({
  id,
  at,
  kind: 'end',
  end: outcome,
})

export const notify = (id: string, more: Partial<NotifyStep> = {}): NotifyStep => ({
  id,
  at,
  kind: 'notify',
  notify: { literal: 'It is being looked into' },
  ...more,
})

/** Waits at most five minutes, looking every 15 seconds. */
export const until = (id: string, more: Partial<UntilStep['wait']> = {}): UntilStep => ({
  id,
  at,
  kind: 'wait',
  wait: { until: 'calm', every: 15_000, within: 300_000, ...more },
  onFailure: { do: 'ask' },
})

export const parallel = (
  id: string,
  branches: { readonly [name: string]: readonly Step[] },
  more: Partial<ParallelStep> = {},
): ParallelStep => ({
  id,
  at,
  kind: 'parallel',
  parallel: Object.entries(branches).map(([name, steps]) => ({ name, steps })),
  onFailure: { do: 'ask' },
  ...more,
})

export const each = (id: string, steps: readonly Step[], more: Partial<EachStep> = {}): EachStep => ({
  id,
  at,
  kind: 'each',
  each: { cel: 'inputs.list' },
  as: 'item',
  maxParallel: 1,
  steps,
  onFailure: { do: 'ask' },
  ...more,
})

export const call = (id: string, name: string, more: Partial<RunStep> = {}): RunStep => ({
  id,
  at,
  kind: 'run',
  run: { runbook: name, with: {} },
  onFailure: { do: 'ask' },
  ...more,
})

const CALM: Blast = {
  cluster: 'c1',
  serving: 6,
  floor: 4,
  takes: 0,
  unavailable: 0,
  adds: 1,
  irreversible: false,
}

export const plan = (more: Partial<Plan> = {}): Plan => ({
  summary: 'one change',
  changes: [{ verb: 'set', resource: 'r1', before: { state: 'old' }, after: { state: 'new' } }],
  blast: CALM,
  facts: [],
  warnings: [],
  undo: [],
  confirm: 'r1',
  predicted: { changed: 'r1' },
  commands: [],
  locks: [],
  action: 'an.action',
  with: {},
  digest: 'd'.repeat(64),
  ...more,
})

export const LIVE: Mode = { fleet: 'real', effects: 'applied' }
export const DRY_RUN: Mode = { fleet: 'real', effects: 'withheld' }

/** Milliseconds since 1970 at which every history begins. */
export const START = 1_800_000_000_000

/** An incident under way: its events, the state after each of them, and a clock that a test moves. */
export type Incident = {
  readonly state: () => IncidentState
  readonly events: readonly Event[]
  /** State after the n-th event; the first is the empty one. */
  readonly states: readonly IncidentState[]
  /** Stamps and folds them; an event that is not accepted throws. */
  readonly add: (...drafts: Draft[]) => void
  readonly pass: (ms: number) => void
  readonly now: () => number
  /** What is pending, without whether a raised posture still holds: one frame acts at a time. */
  readonly next: () => Command
}

export const open = (
  definition: Runbook,
  options: { readonly mode?: Mode; readonly inputs?: JsonObject; readonly others?: readonly Runbook[] } = {},
): Incident => {
  const events: Event[] = []
  const states: IncidentState[] = [EMPTY]
  let now = START
  const state = () => states.at(-1) ?? EMPTY
  const add = (...drafts: Draft[]) => {
    for (const draft of drafts) {
      const event = stamp(draft, now)
      states.push(transition(state(), event))
      events.push(event)
    }
  }
  const next = () => {
    const command = pending(state()).find(({ do: what }) => what !== 'posture')
    if (!command) throw new Error(`nothing is pending while the incident is ${state().status}`)
    return command
  }
  add({
    type: 'incident.opened',
    data: {
      definition,
      ...(options.others
        ? { others: Object.fromEntries(options.others.map(other => [other.name, other])) }
        : {}),
      inputs: options.inputs ?? {},
      mode: options.mode ?? LIVE,
      posture: 'conservative',
      tool: '0.0.0',
      fleet: { file: '/fleet.yaml', namespace: 'n', guardrailsHash: 'g' },
    },
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { state, events, states, add, pass, now: () => now, next }
}

/** As the ledger stamps a draft; the draft's type and data belong together, which spreading a union loses. */
export const stamp = (draft: Draft, now: number = START): Event =>
  ({ ...draft, at: toInstant(now), actor: draft.actor ?? 'engine' }) as Event

/** The phase of the frame of the runbook. */
export const phaseOf = (incident: Incident): string => frameOf(incident).phase.at

export const frameOf = (incident: Incident) => {
  const frame = incident.state().frames[MAIN_FRAME]
  if (!frame) throw new Error('the incident has no frame')
  return frame
}

/** Whether that state accepts that event. */
export const accepts = (state: IncidentState, event: Event): boolean => next(state, event) !== undefined

export const accepted = (incident: Incident, draft: Draft): boolean =>
  accepts(incident.state(), stamp(draft, incident.now()))
