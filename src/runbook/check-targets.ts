import { didYouMean } from '../source/nearest.js'
import { type Block, blockWords, chainOf } from './block.js'
import { type Draft, report, type StepDraft, type Target } from './draft.js'
import { aStep, suggestName } from './names.js'

type Rows = readonly StepDraft[]

/** Every place that names a step: there is one of that name, where it can be led to, and it is what it must be. */
export const checkTargets = (draft: Draft, rows: Rows): void => {
  const byId = new Map(rows.toReversed().map(row => [row.id, row]))
  for (const target of draft.targets) {
    const found = byId.get(target.id)
    const within = reach(target)
    if (found === undefined) reportUnknown(draft, target, within)
    else if (!within.includes(found.block)) reportOutside(draft, target, found)
    else if (target.must === 'check') checkIsCheck(draft, target, found, within)
    else if (target.must === 'limit') checkHasLimit(draft, target, found)
  }
}

/** A jump stays in its frame; a look may be that of a step around it, which stands still meanwhile. */
const reach = ({ block, must }: Target): readonly Block[] => (must === 'check' ? chainOf(block) : [block])

const reportUnknown = (draft: Draft, { span, id, must }: Target, within: readonly Block[]): void => {
  const fitting = stepsOf(within).filter(({ kind }) => must !== 'check' || kind === 'check')
  report(draft, span, {
    rule: 'unknown-target',
    message: `there is no step \`${id}\``,
    suggestion: suggestName(
      id,
      fitting.map(step => step.id),
      'steps',
    ),
  })
}

const reportOutside = (draft: Draft, { span, id, block, must }: Target, found: StepDraft): void => {
  const inner = found.block.owner
  const isDeeper = chainOf(found.block).includes(block)
  const [where, suggestion] =
    inner && (isDeeper || !block.owner)
      ? [
          `stands inside ${blockWords(inner)}, and nothing outside leads into it`,
          `lead to \`${inner.id}\`: it begins with the first step inside`,
        ]
      : [
          block.owner?.id === id
            ? 'is the step that this stands in, which it cannot lead out of'
            : `stands outside ${block.owner ? blockWords(block.owner) : 'these steps'}, which it cannot lead out of`,
          `let the steps run off their last one, and decide after \`${block.owner?.id}\``,
        ]
  report(draft, span, {
    rule: 'outside-block',
    message: `\`${id}\` ${where}`,
    suggestion: must === 'check' ? 'name a check among these steps, or around them' : suggestion,
  })
}

const checkIsCheck = (draft: Draft, { span, id }: Target, found: StepDraft, within: readonly Block[]): void => {
  if (found.kind === undefined || found.kind === 'check') return
  const checks = stepsOf(within).filter(({ kind }) => kind === 'check')
  report(draft, span, {
    rule: 'unknown-target',
    message: `\`${id}\` is ${aStep(found.kind)}; only a check can be looked at again`,
    suggestion: checks.length > 0 ? `checks here: ${checks.map(step => step.id).join(', ')}` : undefined,
  })
}

const checkHasLimit = (draft: Draft, { span, id }: Target, found: StepDraft): void => {
  if (found.hasLimit) return
  const others = found.block.steps.filter(step => step.hasLimit && step.id !== id)
  report(draft, span, {
    rule: 'unknown-target',
    message: `\`${id}\` has no \`limit\`, so there is no count to reset`,
    suggestion: didYouMean(
      id,
      others.map(step => step.id),
    ),
  })
}

const stepsOf = (blocks: readonly Block[]): readonly StepDraft[] => blocks.flatMap(({ steps }) => steps)
