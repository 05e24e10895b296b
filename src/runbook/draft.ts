import type { InputSpec, Step, StepKind } from '../domain/runbook.js'
import { type Diagnostic, diagnose, type Finding } from '../source/diagnostic.js'
import type { MapNode, ScalarNode } from '../source/node.js'
import { spanInScalar } from '../source/scalar-offset.js'
import type { Source, Span } from '../source/source.js'
import { type Block, newBlock } from './block.js'
import type { CallDraft } from './call-draft.js'
import type { Catalogue } from './catalogue.js'
import type { Expectation } from './expressions/expectation.js'

/** An expression in the file: which characters of which scalar, and what its value is for. */
export type Site = {
  readonly node: ScalarNode
  /** Where the expression begins in the scalar's value. */
  readonly offset: number
  readonly expression: string
  readonly expectation: Expectation
  /** Whose steps it sees, with those of the blocks around. */
  readonly block: Block
  /** Name of the check whose output is `result` here. */
  readonly resultOf?: string
  /** Id of a check step whose output is `result` here; it may stand further down. */
  readonly resultOfStep?: string
}

/** A place that names a step. */
export type Target = {
  readonly span: Span
  readonly id: string
  readonly block: Block
  /** What the step must be: any, a check (`verify.again`), or one with a limit (`reset`). */
  readonly must: 'exist' | 'check' | 'limit'
}

/** A row of `steps` that is a step, whole or with findings. */
export type StepDraft = {
  readonly node: MapNode
  readonly id: string
  readonly idSpan: Span
  readonly kind?: StepKind
  readonly hasLimit: boolean
  /** Name of the check or action, where the catalogue has it. */
  readonly uses?: string
  /** Absent where the step has findings. */
  readonly step?: Step
  /** Its expressions, in the order of the keys of its kind; those of steps inside it are theirs. */
  readonly sites: readonly Site[]
  /** The list that it stands in. */
  readonly block: Block
  /** The lists of steps that stand in it. */
  readonly blocks: readonly Block[]
}

/** A runbook while it is read: everything that later rules ask for. */
export type Draft = {
  readonly source: Source
  readonly catalogue: Catalogue
  readonly diagnostics: Diagnostic[]
  readonly sites: Site[]
  readonly targets: Target[]
  readonly calls: CallDraft[]
  /** The list of steps that is being read. What reads one inside it gets a draft of its own, with everything else shared. */
  readonly block: Block
  /** A spec is absent where it has findings. */
  readonly inputs: Map<string, InputSpec | undefined>
}

export const newDraft = (source: Source, catalogue: Catalogue): Draft => ({
  source,
  catalogue,
  diagnostics: [],
  sites: [],
  targets: [],
  calls: [],
  block: newBlock(),
  inputs: new Map(),
})

/** Notes a finding. Returns nothing, so that `return report(…)` can stand for a missing value. */
export const report = (draft: Draft, span: Span, finding: Finding): undefined => {
  draft.diagnostics.push(diagnose(draft.source, span, finding))
}

/** The characters of the file that hold a part of an expression. */
export const spanOfSite = ({ source }: Draft, { node, offset }: Site, from: number, to: number): Span =>
  spanInScalar(source, node, offset + from, offset + to)
