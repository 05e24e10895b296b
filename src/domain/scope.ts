import type { Json, JsonObject } from './json.js'
import type { Mode } from './mode.js'

/** What an expression can see when it is evaluated. */
export type Scope = {
  /** A duration is text, such as `90s`. */
  readonly inputs: JsonObject
  /** Names of the inputs that are durations. */
  readonly durations?: readonly string[]
  /** Output of the latest finished visit of each step; absent until one finished. */
  readonly steps: { readonly [id: string]: Json }
  readonly outcomes: { readonly [id: string]: string }
  /** Absent means never. */
  readonly visits: { readonly [id: string]: number }
  /** Output of the check whose `expect` this is. */
  readonly result?: Json
  /** What an item of an `each` is called here, and is. */
  readonly items?: { readonly [name: string]: Json }
  readonly posture: string
  readonly impact: string
  readonly elapsedMs: number
  readonly incident: { readonly id: string }
  readonly mode: Mode
}
