// checks: they read the world and never change it. One folder each, one line in the registry.
// A check knows nothing of steps and incidents; it imports domain, fleet and providers.

import type { ZodObject, z } from 'zod'
import type { Failure } from '../domain/result.js'
import type { Look } from '../providers/look.js'

export type Report<Output> = {
  readonly verdict: 'pass' | 'fail' | 'inconclusive'
  /** Null where nothing was seen: an empty answer would read as a good one. */
  readonly output: Output | null
  /** One line for the operator. */
  readonly summary: string
  /** Why it is inconclusive, where something failed. */
  readonly failure?: Failure
}

export type CheckRun<Input, Output> = (input: Input, look: Look) => Promise<Report<Output>>

export type CheckSpec<I extends ZodObject = ZodObject, O extends ZodObject = ZodObject> = {
  readonly name: string
  readonly summary: string
  readonly input: I
  readonly output: O
  /** IAM actions that it calls itself; what discovery calls is not among them. */
  readonly permissions?: readonly string[]
  /** Behaviour is loaded on first use, so that reading a runbook loads schemas only. */
  readonly load: () => Promise<{ readonly run: CheckRun<z.output<I>, z.output<O>> }>
}

/** Types a check; the registry holds the result. */
export const defineCheck = <I extends ZodObject, O extends ZodObject>(spec: CheckSpec<I, O>): CheckSpec<I, O> =>
  spec
