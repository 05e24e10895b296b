import { visibleStep } from '../block.js'
import type { Site } from '../draft.js'

/** Name of the check whose output is `result` in an expression; undefined where there is no `result`. */
export const resultOf = ({ resultOf: check, resultOfStep: id, block }: Site): string | undefined => {
  if (check !== undefined || id === undefined) return check
  return visibleStep(block, id)?.uses ?? UNKNOWN_CHECK
}

/** Of a step that is not there, or has findings: said where it is named. No check has such a name. */
const UNKNOWN_CHECK = '?'
