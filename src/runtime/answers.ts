import * as z from 'zod'

const gate = z.union(
  [
    z.literal('decline'),
    z.strictObject({ approve: z.string() }),
    z.strictObject({ override: z.string().min(1) }),
  ],
  {
    error:
      'must be decline, or { approve: DIGEST } with the digest that a dry-run printed, or in a drill { override: REASON }',
  },
)

const said = z.union([z.string(), z.array(z.string())])

/** The keys of an answers file. */
export const answersShape = {
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  answers: z.record(z.string(), said).default({}),
  gates: z.record(z.string(), gate).default({}),
  decisions: z.record(z.string(), said).default({}),
}

/** What an answers file says: a choice per step (or one per visit), and what to do at its gate. */
export type Answers = {
  readonly inputs: { readonly [name: string]: string | number | boolean }
  readonly answers: { readonly [step: string]: string | readonly string[] }
  readonly gates: { readonly [step: string]: GateAnswer }
  /** What to do where a step failed or could not tell, or the budget is exhausted; one for all, or one for each time. */
  readonly decisions: { readonly [step: string]: string | readonly string[] }
}

/** `override`, only ever where the fleet is simulated: why every guardrail that refuses is overridden. */
type GateAnswer = 'decline' | { readonly approve: string } | { readonly override: string }

export const NO_ANSWERS: Answers = { inputs: {}, answers: {}, gates: {}, decisions: {} }
