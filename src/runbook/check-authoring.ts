import { hasErrors } from '../source/diagnostic.js'
import type { MapNode } from '../source/node.js'
import { checkArgv } from './authoring/argv.js'
import { checkBranches } from './authoring/branches.js'
import { checkClusters } from './authoring/clusters.js'
import { checkCredentials } from './authoring/credentials.js'
import { checkDeadFailures } from './authoring/dead-failures.js'
import { checkGuardrails } from './authoring/guardrails.js'
import { checkIrreversible } from './authoring/irreversible.js'
import { checkUnfinished } from './authoring/unfinished.js'
import { checkInputs } from './authoring/unused-inputs.js'
import { stepsBelow } from './block.js'
import type { Draft } from './draft.js'
import type { Whole } from './whole.js'

/**
 * The rules that look for what is well written and yet hardly meant. Most ask only where nothing else is wrong;
 * `views` are what the structure is known to be, where it is.
 */
export const checkAuthoring = (
  draft: Draft,
  root: MapNode,
  trees: Whole['trees'],
  views: Whole['views'] | undefined,
): void => {
  const sound = !hasErrors(draft.diagnostics)
  const steps = stepsBelow(draft.block)
  checkCredentials(draft, steps)
  checkArgv(draft, steps)
  checkGuardrails(draft, steps)
  checkClusters(draft, steps)
  if (!sound || views === undefined) return
  const whole: Whole = { draft, root, trees, views }
  checkUnfinished(whole)
  checkInputs(whole)
  checkDeadFailures(whole)
  checkIrreversible(whole)
  checkBranches(whole)
}
