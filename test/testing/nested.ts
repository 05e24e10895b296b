// Steps that other steps stand in, and what a journal has of them.

import type { Draft, StepOutcome } from '../../src/domain/event.js'
import type { EachStep, ParallelStep, RunStep, Step, UntilStep } from '../../src/domain/runbook.js'

const at = { line: 1, column: 1 }
const onFailure = { do: 'ask' } as const

export const parallel = (id: string, blocks: { readonly [name: string]: readonly Step[] }): ParallelStep => ({
  id,
  at,
  kind: 'parallel',
  parallel: Object.entries(blocks).map(([name, steps]) => ({ name, steps })),
  onFailure,
})

export const each = (id: string, ...steps: Step[]): EachStep => ({
  id,
  at,
  kind: 'each',
  each: { literal: [1, 2] },
  as: 'item',
  maxParallel: 2,
  steps,
  onFailure,
})

export const run = (id: string, name: string): RunStep => ({
  id,
  at,
  kind: 'run',
  run: { runbook: name, with: {} },
  onFailure,
})

export const until = (id: string, more: Partial<UntilStep['wait']> = {}): UntilStep => ({
  id,
  at,
  kind: 'wait',
  wait: { until: 'a', every: 15_000, within: 60_000, ...more },
  onFailure,
})

export const entered = (frame: string, step: string, visit = 1): Draft => ({
  type: 'step.entered',
  frame,
  data: { step, visit, kind: 'check', title: step },
})

export const skipped = (frame: string, step: string, reason: 'when' | 'limit' = 'when'): Draft => ({
  type: 'step.skipped',
  frame,
  data: { step, visit: 1, reason },
})

export const finished = (frame: string, step: string, outcome: StepOutcome, visit = 1): Draft => ({
  type: 'step.finished',
  frame,
  data: { step, visit, outcome, summary: '' },
})

export const answered = (frame: string, step: string, option: string): Draft => ({
  type: 'question.answered',
  frame,
  data: { step, visit: 1, question: 'q', option, by: 'auto' },
})

export const branched = (frame: string, step: string, value: number): Draft => ({
  type: 'expression.evaluated',
  frame,
  data: { step, visit: 1, purpose: 'branch', value },
})
