import type { Json, JsonObject } from '../../domain/json.js'

/** What an expression or a template gives. A failure is a value. */
export type Evaluated =
  | {
      readonly ok: true
      readonly value: Json
      /** What the expression looked at, where that is one short value: `size(steps.survey.hot)` to 1. */
      readonly seen: JsonObject
    }
  | {
      readonly ok: false
      /** What is absent, as written: `steps.survey`. Undefined where something else failed. */
      readonly missing?: string
      readonly message: string
    }
