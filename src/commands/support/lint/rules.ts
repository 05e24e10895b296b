import type { Rules } from '../../../runbook/rules/rule.js'
import { RULES } from '../../../runbook/rules.js'
import { TEST_RULES } from '../../../testing/rules.js'

/** Every rule of `lint`: of runbooks and what stands beside them, and of their tests. Long texts, loaded only where they are shown. */
export const ALL_RULES: Rules = { ...RULES, ...TEST_RULES }
