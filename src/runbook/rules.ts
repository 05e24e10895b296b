import { AUTHORING_RULES } from './rules/authoring-rules.js'
import { BLOCK_RULES } from './rules/block-rules.js'
import { CALL_RULES } from './rules/call-rules.js'
import { EXPRESSION_RULES } from './rules/expression-rules.js'
import { FILE_RULES } from './rules/file-rules.js'
import { FLOW_RULES } from './rules/flow-rules.js'
import { SHAPE_RULES } from './rules/shape-rules.js'
import { YAML_RULES } from './rules/yaml-rules.js'

/** Every rule that `lint` reports, by its id. Long texts: loaded only where they are shown. */
export const RULES = {
  ...FILE_RULES,
  ...YAML_RULES,
  ...SHAPE_RULES,
  ...EXPRESSION_RULES,
  ...FLOW_RULES,
  ...BLOCK_RULES,
  ...CALL_RULES,
  ...AUTHORING_RULES,
} as const
