import type { ASTNode } from '@marcbachmann/cel-js'
import type { Step } from '../domain/runbook.js'
import { hasErrors } from '../source/diagnostic.js'
import type { MapNode } from '../source/node.js'
import { checkArgv } from './authoring/argv.js'
import { checkBranches } from './authoring/branches.js'
import { checkCredentials } from './authoring/credentials.js'
import { checkDeadFailures } from './authoring/dead-failures.js'
import { checkIrreversible } from './authoring/irreversible.js'
import { checkUnfinished } from './authoring/unfinished.js'
import { checkInputs } from './authoring/unused-inputs.js'
import type { Draft, Site, StepDraft } from './draft.js'
import { type Way, waysOf } from './flow.js'

/** A runbook of which every step and expression is known to be right by itself. */
export type Whole = {
  readonly draft: Draft
  readonly root: MapNode
  readonly rows: readonly (StepDraft & { readonly step: Step })[]
  /** For each step, the ways out of it. */
  readonly ways: readonly (readonly Way[])[]
  readonly trees: ReadonlyMap<Site, ASTNode>
}

/** The rules that look for what is well written and yet hardly meant. Most ask only where nothing else is wrong. */
export const checkAuthoring = (draft: Draft, root: MapNode, trees: ReadonlyMap<Site, ASTNode>): void => {
  const sound = !hasErrors(draft.diagnostics)
  checkCredentials(draft)
  checkArgv(draft)
  if (!sound) return
  const rows = draft.steps.flatMap(row => (row.step === undefined ? [] : [{ ...row, step: row.step }]))
  const whole: Whole = { draft, root, rows, trees, ways: waysOf(rows.map(({ step }) => step)) }
  checkUnfinished(whole)
  checkInputs(whole)
  checkDeadFailures(whole)
  checkIrreversible(whole)
  checkBranches(whole)
}
