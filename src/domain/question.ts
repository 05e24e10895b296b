import type { GateLevel, Plan } from './plan.js'

export type Option = { readonly key: string; readonly label: string; readonly recommended: boolean }

/** `ask`, `manual`: the runbook's own. The others are firebreak's. */
export type QuestionKind = 'ask' | 'manual' | 'gate' | 'failed' | 'inconclusive' | 'interrupted' | 'in-doubt'

/** One question to the operator. Enter alone never answers it. */
export type Question = {
  /** Frame, step, visit and kind: the same question has the same id after a resume. */
  readonly id: string
  readonly kind: QuestionKind
  readonly step: string
  readonly visit: number
  readonly title: string
  readonly text: string
  readonly options: readonly Option[]
  /** With a typed gate: choosing `approve` also needs this word, typed. */
  readonly type?: { readonly option: string; readonly word: string }
  readonly gate?: { readonly level: GateLevel; readonly reasons: readonly string[]; readonly plan: Plan }
}

export type Actor = 'operator' | 'auto' | 'answers' | 'engine'

export type Answer = { readonly option: string; readonly by: Actor; readonly typed?: string }
