import type { BranchStep, Step } from '../domain/runbook.js'
import { didYouMean } from '../source/nearest.js'
import { headSpan, nodeAt } from '../source/node.js'
import { checkAsk } from './check-ask.js'
import { type Draft, report, type StepDraft, type Target } from './draft.js'
import { canFinish, flowOf, reachable } from './flow.js'
import { checkHotLoops } from './hot-loop.js'
import { aStep, badStepId, suggestName } from './names.js'

/** The rules that see several steps at once: ids, targets, and that every way leads to an end. */
export const checkStructure = (draft: Draft): void => {
  const before = draft.diagnostics.length
  checkIds(draft)
  for (const target of draft.targets) checkTarget(draft, target)
  for (const row of draft.steps) checkOne(draft, row)
  const steps = draft.steps.flatMap(({ step }) => (step === undefined ? [] : [step]))
  const broken = draft.diagnostics.slice(before).some(({ rule }) => FLOW_BREAKERS.has(rule))
  if (!broken && steps.length === draft.steps.length) checkFlow(draft, steps)
}

/** With one of these the ways through the runbook are not known. */
const FLOW_BREAKERS: ReadonlySet<string> = new Set(['duplicate-id', 'unknown-target'])

const checkIds = (draft: Draft): void => {
  const seen = new Set<string>()
  for (const { id, idSpan } of draft.steps) {
    const bad = badStepId(id)
    if (bad) report(draft, idSpan, { rule: 'bad-id', ...bad })
    if (seen.has(id))
      report(draft, idSpan, {
        rule: 'duplicate-id',
        message: `another step has the id \`${id}\` already`,
        suggestion: `choose another, such as \`${id}_2\``,
      })
    seen.add(id)
  }
}

const checkTarget = (draft: Draft, { span, id, must }: Target): void => {
  const rule = 'unknown-target'
  const found = draft.steps.find(step => step.id === id)
  if (!found) {
    const fitting = draft.steps.filter(step => must !== 'check' || step.kind === 'check').map(step => step.id)
    report(draft, span, {
      rule,
      message: `there is no step \`${id}\``,
      suggestion: suggestName(id, fitting, 'steps'),
    })
    return
  }
  if (must === 'check' && found.kind !== undefined && found.kind !== 'check') {
    const checks = draft.steps.filter(({ kind }) => kind === 'check').map(step => step.id)
    const message = `\`${id}\` is ${aStep(found.kind)}; only a check can be looked at again`
    report(draft, span, {
      rule,
      message,
      suggestion: checks.length > 0 ? `checks here: ${checks.join(', ')}` : undefined,
    })
  }
  if (must === 'limit' && !found.hasLimit) {
    const message = `\`${id}\` has no \`limit\`, so there is no count to reset`
    report(draft, span, {
      rule,
      message,
      suggestion: didYouMean(
        id,
        draft.steps.filter(step => step.hasLimit && step.id !== id).map(step => step.id),
      ),
    })
  }
}

const checkOne = (draft: Draft, row: StepDraft): void => {
  const { step, node, idSpan } = row
  if (step?.kind === 'branch') checkBranch(draft, row, step)
  if (step?.kind === 'ask') checkAsk(draft, node, step)
  if (step?.kind !== 'action' || step.verify !== undefined) return
  report(draft, idSpan, {
    rule: 'no-verify',
    severity: 'warning',
    message: 'nothing looks whether this action helped',
    suggestion: 'verify: { again: id of a check, within: 5m }',
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

const checkFlow = (draft: Draft, steps: readonly Step[]): void => {
  const flow = flowOf(steps)
  const reached = reachable(flow)
  const finishing = canFinish(flow)
  checkHotLoops(draft, steps, flow, reached)
  let stuck = false
  for (const [place, { idSpan, step }] of draft.steps.entries()) {
    if (!reached.has(place)) {
      report(draft, idSpan, {
        rule: 'unreachable-step',
        severity: 'warning',
        message: 'no step leads here',
        suggestion: 'delete it, or let a `goto` lead to it',
      })
    } else if (flow[place]?.includes('off')) {
      const when = step?.when === undefined ? 'After this step' : 'When this step is skipped'
      const message = `${when} nothing follows, and the incident has no stated end`
      report(draft, idSpan, {
        rule: 'falls-off-the-end',
        message,
        suggestion: 'add a last step with end: resolved, mitigated or unresolved',
      })
    } else if (!finishing.has(place) && !stuck) {
      stuck = true // one is enough: all steps of the circle are alike
      report(draft, idSpan, {
        rule: 'never-ends',
        message: 'from here no way leads to an `end`',
        suggestion: 'let a choice, a branch or a limit lead out of the circle',
      })
    }
  }
}
