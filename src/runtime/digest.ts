import { hash } from 'node:crypto'
import { canonicalJson, type Json } from '../domain/json.js'
import type { Plan, PlanDraft } from '../domain/plan.js'

export type Binding = {
  readonly tool: string
  readonly runbook: string
  readonly action: string
  readonly with: { readonly [key: string]: Json }
  readonly allowlist: string | null
  readonly guardrails: string
}

/** Binds a plan: the same digest means that the same thing would be done, to the same things, under the same rules. */
export const bind = (draft: PlanDraft, binding: Binding): Plan => ({
  ...draft,
  action: binding.action,
  with: binding.with,
  digest: sha256(canonicalJson({ ...binding, changes: draft.changes })),
})

/** An op's token: the same op of the same incident has the same token in every process, so that EC2 can tell a repetition. */
export const tokenOf = (incident: string, op: string): string => sha256(`${incident}\n${op}`).slice(0, 32)

const sha256 = (text: string): string => hash('sha256', text)
