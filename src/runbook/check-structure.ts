import type { BranchStep, Step } from '../domain/runbook.js'
import { entryOf, headSpan, nodeAt } from '../source/node.js'
import { type Block, blockWords, stepsBelow } from './block.js'
import { checkAsk } from './check-ask.js'
import { checkFlow } from './check-flow.js'
import { checkTargets } from './check-targets.js'
import { type Draft, report, type StepDraft } from './draft.js'
import { aStep, badStepId } from './names.js'
import { viewsOf, type Whole } from './whole.js'

/**
 * The rules that see several steps at once: ids, targets, and that every way leads to an end. The lists of steps
 * with their ways are for the rules that come later; where a step has findings, or is not known, there are none.
 */
export const checkStructure = (draft: Draft): Whole['views'] | undefined => {
  const before = draft.diagnostics.length
  const rows = stepsBelow(draft.block)
  checkIds(draft, rows)
  checkTargets(draft, rows)
  for (const row of rows) checkOne(draft, row)
  const broken = draft.diagnostics.slice(before).some(({ rule }) => FLOW_BREAKERS.has(rule))
  if (broken || rows.some(({ step }) => step === undefined)) return undefined
  const views = viewsOf(draft.block)
  for (const view of views.values()) checkFlow(draft, view)
  return views
}

/** With one of these the ways through the runbook are not known. */
const FLOW_BREAKERS: ReadonlySet<string> = new Set(['duplicate-id', 'unknown-target', 'outside-block'])

/** Ids are of the whole file: a jump, an undo and the record name a step by it alone. */
const checkIds = (draft: Draft, rows: readonly StepDraft[]): void => {
  const seen = new Map<string, Block>()
  for (const { id, idSpan, block } of rows) {
    const bad = badStepId(id)
    if (bad) report(draft, idSpan, { rule: 'bad-id', ...bad })
    const other = seen.get(id)
    const where = other?.owner && other !== block ? ` inside ${blockWords(other.owner)}` : ''
    if (other)
      report(draft, idSpan, {
        rule: 'duplicate-id',
        message: `another step${where} has the id \`${id}\` already`,
        suggestion: `choose another, such as \`${id}_2\``,
      })
    seen.set(id, other ?? block)
  }
}

const checkOne = (draft: Draft, row: StepDraft): void => {
  const { step, node, idSpan } = row
  if (step?.kind === 'branch') checkBranch(draft, row, step)
  if (step?.kind === 'ask') checkAsk(draft, node, step)
  if (step !== undefined) checkUndo(draft, row, step)
  if (step?.kind !== 'action' || step.verify !== undefined) return
  report(draft, idSpan, {
    rule: 'no-verify',
    severity: 'warning',
    message: 'nothing looks whether this action helped',
    suggestion: 'verify: { again: id of a check, within: 5m }',
  })
}

/** A step that changes nothing itself has nothing to take back, and what stood before it would stay. */
const checkUndo = (draft: Draft, { node, idSpan }: StepDraft, step: Step): void => {
  if (!('onFailure' in step) || step.onFailure.do !== 'undo') return
  if (step.kind !== 'check' && step.kind !== 'manual' && step.kind !== 'wait') return
  report(draft, entryOf(node, 'on_failure')?.keySpan ?? idSpan, {
    rule: 'undo-of-nothing',
    message: `${aStep(step.kind)} changes nothing by itself, so nothing would be taken back`,
    suggestion: 'let the `on_failure` of the action, or of the step around them, be undo',
  })
}

const checkBranch = (draft: Draft, { node, idSpan }: StepDraft, { branch }: BranchStep): void => {
  const rule = 'branch-default-last'
  const early = branch.findIndex(arm => arm.if === undefined)
  if (early === -1) {
    const suggestion = 'end it with an entry without `if`, such as - goto: some_step'
    report(draft, idSpan, {
      rule,
      message: 'this branch has no default: nothing follows where no `if` is true',
      suggestion,
    })
    return
  }
  if (early === branch.length - 1) return
  const at = nodeAt(node, ['branch', early])
  const message = 'an entry without `if` is always taken, so those after it never are'
  report(draft, at ? headSpan(at) : idSpan, { rule, message, suggestion: 'put it last, or give it an `if`' })
}
